import { createContacts } from '../../lib/ledger/contacts.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { followAliases, resolveAll } from '../../lib/merge/plan/resolve-aliases.ts';
import type { Documents } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld, TENANT } from './merge-world.ts';

async function createChain(length: number) {
  const memory = asPort(createMemoryDocuments(() => 0));
  let reads = 0;
  const getMany: Documents['getMany'] = (keys) => {
    reads += 1;
    return memory.getMany(keys);
  };
  const contacts = createContacts(bindTenant({ ...memory, getMany }, TENANT));
  for (let index = 0; index < length; index++)
    await contacts.update(`c${index}`, () => ({ mergedInto: `c${index + 1}`, mergedBy: `e${index}` }));
  const readsOf = async (id: string) => {
    reads = 0;
    const { roots } = await resolveAll(contacts, [id]);
    return { root: roots.get(id), reads };
  };
  return { contacts, readsOf };
}

describe('the contact that another is now', () => {
  it('an unknown contact is itself, at the price of one read', async () => {
    const { readsOf } = await createChain(0);
    expect(await readsOf('stranger')).toEqual({ root: 'stranger', reads: 1 });
  });

  it('contacts that lead to each other are read once', async () => {
    const { contacts } = await createChain(2);
    const asked: string[][] = [];
    const readMany: typeof contacts.readMany = (ids) => {
      asked.push(ids);
      return contacts.readMany(ids);
    };
    const { roots } = await followAliases({ readMany }, ['c0', 'c1', 'c2']);
    expect([...roots.values()]).toEqual(['c2', 'c2', 'c2']);
    expect(asked).toEqual([['c0', 'c1', 'c2']]);
  });

  it('in a circle, should the ledger ever hold one, a walk ends', async () => {
    const { contacts } = await createChain(2);
    await contacts.update('c2', () => ({ mergedInto: 'c0' }));
    const readMany: typeof contacts.readMany = (ids) => {
      if (ids.length === 0) throw new Error('asked for nothing');
      return contacts.readMany(ids);
    };
    const { roots, seen } = await followAliases({ readMany }, ['c0']);
    expect([roots.get('c0'), seen.size]).toEqual(['c2', 3]);
  });

  it('after a chain of 1 000 and one walk along it, every look-up takes two reads at most', async () => {
    const { readsOf } = await createChain(1_000);
    expect(await readsOf('c0')).toMatchObject({ root: 'c1000' });
    for (let index = 0; index <= 1_000; index++) {
      const { root, reads } = await readsOf(`c${index}`);
      expect(root).toBe('c1000');
      expect(reads).toBeLessThanOrEqual(2);
    }
  });

  it('a walk from the middle leaves what lies before it right, and shortens it when it is walked', async () => {
    const { readsOf } = await createChain(100);
    expect(await readsOf('c50')).toMatchObject({ root: 'c100' });
    expect(await readsOf('c0')).toEqual({ root: 'c100', reads: 52 });
    expect(await readsOf('c0')).toEqual({ root: 'c100', reads: 2 });
  });

  it('a shortened way keeps who said so, and into whom it was merged', async () => {
    const { contacts } = await createChain(3);
    await resolveAll(contacts, ['c0']);
    expect((await contacts.read('c0')).value).toEqual({ mergedInto: 'c3', parent: 'c1', mergedBy: 'e0' });
  });

  it('many at once, walking the same chain, all arrive', async () => {
    const { contacts } = await createChain(60);
    const ids = Array.from({ length: 60 }, (_, index) => `c${index}`);
    const { roots } = await resolveAll(contacts, ids);
    expect(new Set(roots.values())).toEqual(new Set(['c60']));
  });
});

describe('promise 4a: a chain ends in one contact', () => {
  const CHAIN = Array.from({ length: 12 }, (_, index) => ({
    id: `e${index}`,
    survivor: `c${index + 1}`,
    losers: [`c${index}`],
  }));
  const BACKWARDS = [...CHAIN].reverse();
  const INSIDE_OUT = [...CHAIN].sort(
    (a, b) => ((a.id.length * 31 + a.id.charCodeAt(1)) % 5) - (b.id.charCodeAt(1) % 5),
  );

  it.each([
    ['forwards', CHAIN],
    ['backwards', BACKWARDS],
    ['inside out', INSIDE_OUT],
  ])('told %s', async (_order, told) => {
    const { crm, model, people, merged } = createModelCrm();
    const world = createMergeWorld({ crm });
    for (let index = 0; index <= 12; index++) model.seed(`c${index}`, {});
    for (const event of told) expect((await world.tell(event)).state).toBe('applied');
    expect(Object.keys(people())).toEqual(['c12']);
    expect(merged()).toHaveLength(12);
    const { roots } = await resolveAll(
      world.ours.contacts,
      CHAIN.map(({ losers }) => losers[0] ?? ''),
    );
    expect(new Set(roots.values())).toEqual(new Set(['c12']));
  });
});

describe('promise 4c: a chain that comes backwards', () => {
  it('becomes a merge into the final survivor, whose fields it leaves alone', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    await world.tell({ id: 'e2', survivor: 'c', losers: ['b'], changed: { remark: 'c’s' }, at: 2 });
    const late = {
      id: 'e1',
      survivor: 'b',
      losers: ['a'],
      changed: { remark: 'b’s' },
      old: { remark: 'before' },
      at: 1,
    };
    expect((await world.tell(late)).state).toBe('applied');
    expect(sent[1]?.command).toMatchObject({ survivorId: 'c', loserIds: ['a'], changed: {}, old: {} });
    expect((await world.plan('e1'))?.decisions).toEqual([{ key: 'remark', decision: 'survivor-gone' }]);
    expect((await world.contact('c')).clocks).toMatchObject({ remark: { eventId: 'e2' } });
  });

  it('what it says is not written even if it is newer: it is about a contact that was merged away', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    await world.tell({ id: 'e2', survivor: 'c', losers: ['b'], at: 2 });
    await world.tell({ id: 'e1', survivor: 'b', losers: ['a'], changed: { remark: 'b’s' }, at: 99 });
    expect(sent[1]?.command.changed).toEqual({});
  });
});

describe('an event that says what is already so', () => {
  it('is applied without a call', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    await world.tell({ id: 'e1', survivor: 'b', losers: ['a'] });
    const again = await world.tell({ id: 'e2', survivor: 'b', losers: ['a'] });
    expect(again).toMatchObject({ state: 'applied', reason: 'nothing-left-to-do' });
    expect(sent).toHaveLength(1);
  });

  it('and names what a loser had absorbed before, is no contradiction', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    await world.tell({ id: 'e1', survivor: 'b', losers: ['a'] });
    expect((await world.tell({ id: 'e2', survivor: 'c', losers: ['b', 'a'] })).state).toBe('applied');
    expect(sent[1]?.command).toMatchObject({ survivorId: 'c', loserIds: ['b'] });
  });
});
