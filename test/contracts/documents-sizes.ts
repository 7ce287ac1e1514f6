import { createHash, randomBytes } from 'node:crypto';
import type { DocumentsWorld, OpenDocuments } from './documents-world.ts';
import { keyOf } from './documents-world.ts';

const MEGABYTE = 1_048_576;
/** What compresses worst: base64 of random bytes, three quarters of it left. */
const noise = (bytes: number) =>
  randomBytes(Math.ceil((bytes * 3) / 4))
    .toString('base64')
    .slice(0, bytes);
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Whatever size API Gateway and Lambda let in. */
export function documentSizesContract(open: OpenDocuments): void {
  describe('sizes', () => {
    it.each([1, 4_094, 4_095, 350_000, 500_000, MEGABYTE, 6 * MEGABYTE])(
      'promise 7: %i bytes that do not compress come back as they were',
      async (bytes) => {
        const world = await open();
        const text = noise(bytes);
        expect(await world.documents.put(keyOf(world), text, { expected: 0 })).toBe(true);
        expect((await world.documents.get<string>(keyOf(world)))?.value === text).toBe(true);
        const [only] = await world.documents.all<string>(keyOf(world));
        expect(only?.value === text).toBe(true);
      },
    );

    it('what the sender writes comes back to the letter: every script, every escape, every number', async () => {
      const world = await open();
      const value = { text: '张三\u0000\u2028"\\🙂', list: [0.1, -1e21, 9007199254740991, null, true, {}], '': '' };
      const many = { many: Array.from({ length: 2_000 }, () => value) };
      await world.documents.put(keyOf(world), value, { expected: 0 });
      await world.documents.put(keyOf(world, 'many'), many, { expected: 0 });
      expect((await world.documents.get(keyOf(world)))?.value).toEqual(value);
      expect((await world.documents.get(keyOf(world, 'many')))?.value).toEqual(many);
    });

    it('a document may grow and shrink, and what it no longer needs is cleared away', async () => {
      const world = await open();
      const key = keyOf(world);
      for (const [version, bytes] of [10, 2 * MEGABYTE, MEGABYTE, 100_000, 10].entries()) {
        const text = noise(bytes);
        expect(await world.documents.put(key, text, { expected: version })).toBe(true);
        expect((await world.documents.get<string>(key))?.value === text).toBe(true);
        expect(await world.itemsOf?.(key)).toBe(await itemsNeeded(world, text));
      }
    });

    it('a refused write leaves nothing behind', async () => {
      const world = await open();
      const key = keyOf(world);
      const first = noise(MEGABYTE);
      await world.documents.put(key, first, { expected: 0 });
      expect(await world.documents.put(key, noise(2 * MEGABYTE), { expected: 0 })).toBe(false);
      expect(await world.itemsOf?.(key)).toBe(await itemsNeeded(world, first));
      expect((await world.documents.get<string>(key))?.value === first).toBe(true);
    });

    it('of large writes in a race one wins whole', async () => {
      const world = await open();
      const key = keyOf(world);
      const texts = Array.from({ length: 5 }, () => noise(MEGABYTE));
      const won = await Promise.all(texts.map((text) => world.documents.put(key, text, { expected: 0 })));
      expect(won.filter(Boolean)).toHaveLength(1);
      const winner = texts[won.indexOf(true)] ?? '';
      expect((await world.documents.get<string>(key))?.value === winner).toBe(true);
      expect(await world.itemsOf?.(key)).toBe(await itemsNeeded(world, winner));
    });

    it('a reader during a rewrite sees one whole version', async () => {
      const world = await open();
      let seen = 0;
      const writing = { on: true };
      const reading = async () => {
        for (; writing.on; seen++) await readWhole(world);
      };
      await Promise.all([reading(), rewrite(world, 8).finally(() => Object.assign(writing, { on: false }))]);
      expect(seen).toBeGreaterThan(1);
      expect((await world.documents.get(keyOf(world)))?.version).toBe(9);
    });
  });
}

/** As many as a document takes that was written once. */
async function itemsNeeded(world: DocumentsWorld, text: string): Promise<number | undefined> {
  const fresh = keyOf(world, `fresh ${digest(text)}`);
  await world.documents.put(fresh, text, { expected: 0 });
  return world.itemsOf?.(fresh);
}

const checked = (text: string) => ({ text, digest: digest(text) });
const moment = () => new Promise((resolve) => setTimeout(resolve, 1));

async function rewrite(world: DocumentsWorld, times: number): Promise<void> {
  for (let version = 0; version <= times; version++) {
    expect(await world.documents.put(keyOf(world), checked(noise(MEGABYTE)), { expected: version })).toBe(true);
    await moment();
  }
}

async function readWhole(world: DocumentsWorld): Promise<void> {
  const found = await world.documents.get<{ text: string; digest: string }>(keyOf(world));
  if (found) expect(digest(found.value.text)).toBe(found.value.digest);
  await moment();
}
