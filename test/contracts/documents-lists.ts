import type { ListRange } from '../../lib/ports.ts';
import type { OpenDocuments } from './documents-world.ts';
import { keyOf } from './documents-world.ts';

const ALL = { before: 1_000_000, limit: 100 };

/** The lists that documents may stand in. */
export function documentListsContract(open: OpenDocuments): void {
  describe('lists', () => {
    it('show a document from the write that puts it in to the one that leaves it out', async () => {
      const world = await open();
      const { documents, tenant } = world;
      const key = keyOf(world);
      await documents.put(key, 1, { expected: 0, listed: { list: 'open', at: 10 } });
      expect(await documents.listed(tenant, 'open', ALL)).toEqual([{ id: 'one', at: 10 }]);
      await documents.put(key, 2, { expected: 1, listed: { list: 'open', at: 20 } });
      expect(await documents.listed(tenant, 'open', ALL)).toEqual([{ id: 'one', at: 20 }]);
      await documents.put(key, 3, { expected: 2 });
      expect(await documents.listed(tenant, 'open', ALL)).toEqual([]);
    });

    it('a write into another list takes it out of the first, a refused write changes no list', async () => {
      const world = await open();
      const { documents, tenant } = world;
      const key = keyOf(world);
      await documents.put(key, 1, { expected: 0, listed: { list: 'open', at: 10 } });
      await documents.put(key, 2, { expected: 1, listed: { list: 'parked', at: 11 } });
      await documents.put(key, 3, { expected: 1, listed: { list: 'held', at: 12 } });
      expect(await documents.listed(tenant, 'open', ALL)).toEqual([]);
      expect(await documents.listed(tenant, 'parked', ALL)).toEqual([{ id: 'one', at: 11 }]);
      expect(await documents.listed(tenant, 'held', ALL)).toEqual([]);
    });

    it('are read oldest first, up to a time and a number', async () => {
      const world = await open();
      const { documents, tenant } = world;
      for (const at of [50, 9, 1_000, 30])
        await documents.put(keyOf(world, `at ${at}`), at, { expected: 0, listed: { list: 'open', at } });
      const ids = async (before: number, limit: number) =>
        (await documents.listed(tenant, 'open', { before, limit })).map(({ at }) => at);
      expect(await ids(1_000, 100)).toEqual([9, 30, 50, 1_000]);
      expect(await ids(50, 100)).toEqual([9, 30, 50]);
      expect(await ids(49, 100)).toEqual([9, 30]);
      expect(await ids(1_000, 2)).toEqual([9, 30]);
      expect(await ids(8, 100)).toEqual([]);
    });

    it('are read newest first where that is asked for, from a time on', async () => {
      const world = await open();
      const { documents, tenant } = world;
      for (const at of [50, 9, 1_000, 30])
        await documents.put(keyOf(world, `at ${at}`), at, { expected: 0, listed: { list: 'open', at } });
      const times = async (range: Partial<ListRange>) =>
        (await documents.listed(tenant, 'open', { ...ALL, newestFirst: true, ...range })).map(({ at }) => at);
      expect(await times({})).toEqual([1_000, 50, 30, 9]);
      expect(await times({ before: 50, limit: 2 })).toEqual([50, 30]);
      expect(await times({ after: 30, before: 999 })).toEqual([50, 30]);
      expect(await times({ after: 30, newestFirst: false })).toEqual([30, 50, 1_000]);
      expect(await times({ after: 60, before: 50 })).toEqual([]);
    });

    it('give back awkward ids as they are', async () => {
      const world = await open();
      const ids = ['a#b', '#', '张三·🙂', 'y'.repeat(512)];
      for (const [at, id] of ids.entries())
        await world.documents.put(keyOf(world, id), at, { expected: 0, listed: { list: 'open', at } });
      expect((await world.documents.listed(world.tenant, 'open', ALL)).map(({ id }) => id)).toEqual(ids);
    });

    it('hold more than one page', async () => {
      const world = await open();
      const numbers = Array.from({ length: 250 }, (_, index) => index);
      const listed = (at: number) => ({ expected: 0, listed: { list: 'open', at } });
      await Promise.all(numbers.map((at) => world.documents.put(keyOf(world, `e${at}`), 'x', listed(at))));
      const found = await world.documents.listed(world.tenant, 'open', { before: 1_000, limit: 1_000 });
      expect(found.map(({ at }) => at)).toEqual(numbers);
    });

    it('promise 10: show a tenant its own documents only', async () => {
      const world = await open();
      const { documents, tenant, otherTenant } = world;
      await documents.put(keyOf(world), 1, { expected: 0, listed: { list: 'open', at: 1 } });
      const theirs = keyOf(world, 'two', { tenant: otherTenant });
      await documents.put(theirs, 2, { expected: 0, listed: { list: 'open', at: 2 } });
      expect((await documents.listed(tenant, 'open', ALL)).map(({ id }) => id)).toEqual(['one']);
      expect((await documents.listed(otherTenant, 'open', ALL)).map(({ id }) => id)).toEqual(['two']);
    });
  });
}
