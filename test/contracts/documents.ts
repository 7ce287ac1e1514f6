import { documentListsContract } from './documents-lists.ts';
import { documentSizesContract } from './documents-sizes.ts';
import { keyOf, type OpenDocuments } from './documents-world.ts';

/** Everything that the ledger relies on in its store (the sentences of `Documents` in lib/ports.ts), as tests. */
export function documentsContract(name: string, open: OpenDocuments): void {
  describe(`${name} keeps the contract of documents`, () => {
    compareAndSet(open);
    expiry(open);
    several(open);
    counters(open);
    names(open);
    documentListsContract(open);
    documentSizesContract(open);
  });
}

function compareAndSet(open: OpenDocuments): void {
  describe('compare-and-set', () => {
    it('a document that was never written is undefined', async () => {
      const world = await open();
      expect(await world.documents.get(keyOf(world))).toBeUndefined();
    });

    it('a read sees the write before it, with a version that starts at 1 and grows by one', async () => {
      const world = await open();
      const key = keyOf(world);
      for (const version of [1, 2, 3]) {
        expect(await world.documents.put(key, { step: version }, { expected: version - 1 })).toBe(true);
        expect(await world.documents.get(key)).toEqual({ value: { step: version }, version });
      }
    });

    it('a writer that expects none, or another version than there is, changes nothing', async () => {
      const world = await open();
      const key = keyOf(world);
      await world.documents.put(key, 'first', { expected: 0 });
      for (const expected of [0, 2, 7]) expect(await world.documents.put(key, 'late', { expected })).toBe(false);
      expect(await world.documents.get(key)).toEqual({ value: 'first', version: 1 });
    });

    it('a writer that expects a version where there is nothing changes nothing', async () => {
      const world = await open();
      expect(await world.documents.put(keyOf(world), 'late', { expected: 1 })).toBe(false);
      expect(await world.documents.get(keyOf(world))).toBeUndefined();
    });

    it.each([0, 1])('promise 3: of twenty writers who expect version %i exactly one wins', async (expected) => {
      const world = await open();
      const key = keyOf(world);
      if (expected === 1) await world.documents.put(key, 'before', { expected: 0 });
      const writers = Array.from({ length: 20 }, (_, writer) => world.documents.put(key, { writer }, { expected }));
      const won = (await Promise.all(writers)).flatMap((answer, writer) => (answer ? [writer] : []));
      expect(won).toHaveLength(1);
      expect(await world.documents.get(key)).toEqual({ value: { writer: won[0] }, version: expected + 1 });
    });

    it('what is read is the reader’s own: changing it changes nothing stored', async () => {
      const world = await open();
      const mine = { list: [1] };
      await world.documents.put(keyOf(world), mine, { expected: 0 });
      mine.list.push(2);
      const read = await world.documents.get<{ list: number[] }>(keyOf(world));
      read?.value.list.push(3);
      expect((await world.documents.get(keyOf(world)))?.value).toEqual({ list: [1] });
    });
  });
}

function expiry(open: OpenDocuments): void {
  describe('expiry', () => {
    it('no way of reading shows a document from its end on', async () => {
      const world = await open();
      const [key, end] = [keyOf(world), world.clock.now + 60_000];
      const listed = { list: 'open', at: 1 };
      await world.documents.put(key, 'soon gone', { expected: 0, expiresAt: end, listed });
      world.clock.now = end - 1_000;
      expect((await world.documents.get(key))?.value).toBe('soon gone');
      world.clock.now = end;
      expect(await world.documents.get(key)).toBeUndefined();
      expect(await world.documents.all(key)).toEqual([]);
    });

    it('an expired document gives way to a new one, which starts at version 1', async () => {
      const world = await open();
      const [key, end] = [keyOf(world), world.clock.now + 60_000];
      await world.documents.put(key, 'first', { expected: 0, expiresAt: end });
      await world.documents.put(key, 'second', { expected: 1, expiresAt: end });
      world.clock.now = end;
      expect(await world.documents.put(key, 'revenant', { expected: 2 })).toBe(false);
      expect(await world.documents.put(key, 'new', { expected: 0 })).toBe(true);
      expect(await world.documents.get(key)).toEqual({ value: 'new', version: 1 });
    });

    it('a write without an end keeps the document for ever', async () => {
      const world = await open();
      const key = keyOf(world);
      await world.documents.put(key, 'first', { expected: 0, expiresAt: world.clock.now + 60_000 });
      await world.documents.put(key, 'kept', { expected: 1 });
      world.clock.now += 400 * 86_400_000;
      expect((await world.documents.get(key))?.value).toBe('kept');
    });
  });
}

function several(open: OpenDocuments): void {
  describe('several documents under one id', () => {
    it('come back all at once by `sort` ascending, whatever the order they were written in', async () => {
      const world = await open();
      for (const sort of ['0010', '0002', '0001.b', '0001'])
        await world.documents.put(keyOf(world, 'one', { sort }), { sort }, { expected: 0 });
      const found = await world.documents.all(keyOf(world));
      const expected = ['0001', '0001.b', '0002', '0010'].map((sort) => ({ sort, value: { sort } }));
      expect(found).toEqual(expected);
    });

    it('are versioned apart, and those of other ids stay out', async () => {
      const world = await open();
      await world.documents.put(keyOf(world, 'one', { sort: 'a' }), 1, { expected: 0 });
      await world.documents.put(keyOf(world, 'one', { sort: 'a' }), 2, { expected: 1 });
      await world.documents.put(keyOf(world, 'one', { sort: 'b' }), 3, { expected: 0 });
      await world.documents.put(keyOf(world, 'one#x', { sort: 'c' }), 4, { expected: 0 });
      await world.documents.put(keyOf(world, 'on', { sort: 'e#a' }), 5, { expected: 0 });
      await world.documents.put(keyOf(world, 'one', { kind: 'other', sort: 'd' }), 6, { expected: 0 });
      const found = await world.documents.all(keyOf(world));
      expect(found).toEqual([
        { sort: 'a', value: 2 },
        { sort: 'b', value: 3 },
      ]);
    });
  });
}

function counters(open: OpenDocuments): void {
  describe('counters', () => {
    it('count from nothing, and each of many at once gets a sum of its own', async () => {
      const world = await open();
      const key = keyOf(world, 'tenant', { kind: 'counter', sort: '7' });
      const expiresAt = world.clock.now + 7_200_000;
      const sums = await Promise.all(Array.from({ length: 20 }, () => world.documents.add(key, 3, expiresAt)));
      expect(sums.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => (index + 1) * 3));
    });

    it('are apart by sort, id and tenant', async () => {
      const world = await open();
      const key = keyOf(world, 'tenant', { kind: 'counter', sort: '7' });
      await world.documents.add(key, 5, world.clock.now + 60_000);
      for (const other of [{ sort: '8' }, { id: 'survivor#tenant' }, { tenant: world.otherTenant }])
        expect(await world.documents.add({ ...key, ...other }, 1, world.clock.now + 60_000)).toBe(1);
    });
  });
}

const AWKWARD_IDS = ['#', 'a#b', '##d#', 'p#0', ' ', '张三·🙂', '0', '__proto__', 'x'.repeat(512), '张'.repeat(170)];

function names(open: OpenDocuments): void {
  describe('ids', () => {
    it('of any text up to 512 bytes name documents of their own', async () => {
      const world = await open();
      for (const id of AWKWARD_IDS)
        expect(await world.documents.put(keyOf(world, id), { id }, { expected: 0 })).toBe(true);
      for (const id of AWKWARD_IDS) {
        expect(await world.documents.get(keyOf(world, id))).toEqual({ value: { id }, version: 1 });
        expect(await world.documents.all(keyOf(world, id))).toEqual([{ sort: '', value: { id } }]);
      }
    });

    it('promise 10: of one tenant never reach another’s documents', async () => {
      const world = await open();
      const { documents, otherTenant } = world;
      for (const id of ['one', ...AWKWARD_IDS]) {
        await documents.put(keyOf(world, id), 'mine', { expected: 0 });
        const theirs = keyOf(world, id, { tenant: otherTenant });
        expect(await documents.get(theirs)).toBeUndefined();
        expect(await documents.all(theirs)).toEqual([]);
        expect(await documents.put(theirs, 'theirs', { expected: 0 })).toBe(true);
        expect((await documents.get(keyOf(world, id)))?.value).toBe('mine');
      }
    });
  });
}
