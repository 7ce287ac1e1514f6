import { createContents } from '../../lib/ledger/contents.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createPlans, type Plan, type Step } from '../../lib/ledger/plans.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { marksErased } from '../../lib/ledger/transitions.ts';
import { createUndoPlans, type UndoPlan, type UndoStep } from '../../lib/ledger/undo-plans.ts';
import type { DocumentKey, Documents, MergeCommand } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const LATER = NOW + 1000;
const PERSON = { name: 'Ada', mobile: '13800138001' };

/** Documents that note what is written and purged, and between whose reads and writes another writer may come. */
function openStore() {
  const memory = asPort(createMemoryDocuments(() => NOW));
  const put: { key: DocumentKey; expiresAt: number | undefined }[] = [];
  const purged: unknown[] = [];
  const before: (() => Promise<unknown>)[] = [];
  const documents: Documents = {
    ...memory,
    async put(key, value, options) {
      await before.shift()?.();
      put.push({ key, expiresAt: options.expiresAt });
      return memory.put(key, value, options);
    },
    purge: async (key) => void purged.push(key),
  };
  const bound = bindTenant(documents, 'acme');
  return { documents: bound, others: bindTenant(memory, 'acme'), put, purged, before };
}

const command: MergeCommand = {
  ...{
    tenant: 'acme',
    eventId: 'e1',
    survivorId: 's',
    loserIds: ['a'],
    triggeredAt: 't',
    operatorId: 'o',
    origin: 'web',
  },
  ...{ changed: PERSON, old: PERSON, mergedContacts: [PERSON] },
};
const bare = { ...command, changed: {}, old: {}, mergedContacts: [] };

describe('what a callback said, once it is erased', () => {
  const content = { eventId: 'e1', payload: { body: PERSON } } as never;

  it('is gone, and which event the content is stays known without end', async () => {
    const { documents, put, purged } = openStore();
    const contents = createContents(documents);
    await contents.claim('d', content, LATER);
    await contents.erase('d');
    expect(await contents.read('d')).toStrictEqual({ eventId: 'e1', erased: true });
    expect(put.at(-1)).toEqual({ key: { tenant: 'acme', kind: 'content', id: 'd' }, expiresAt: undefined });
    expect(purged).toEqual([{ tenant: 'acme', kind: 'content', id: 'd' }]);
  });

  it('is gone also where another writer came in between', async () => {
    const { documents, others, before } = openStore();
    const contents = createContents(documents);
    await createContents(others).claim('d', { eventId: 'e1' } as never, LATER);
    before.push(() => createContents(others).erase('d'));
    await contents.addPayload('d', PERSON as never, LATER);
    before.push(async () => {
      const found = await others.get({ kind: 'content', id: 'd' });
      await others.put({ kind: 'content', id: 'd' }, content, { expected: found?.version ?? 0 });
    });
    await contents.erase('d');
    await contents.erase('d');
    expect(await contents.read('d')).toStrictEqual({ eventId: 'e1', erased: true });
  });

  it('of a content that was never kept is nothing to write, and leftovers go all the same', async () => {
    const { documents, put, purged } = openStore();
    await createContents(documents).erase('d');
    expect([put, purged.length]).toEqual([[], 1]);
  });
});

describe('plans of an event, once they are erased', () => {
  const steps: [Step, Step][] = [
    [
      { kind: 'command', key: 'k', command },
      { kind: 'command', key: 'k', command: bare },
    ],
    [
      { kind: 'merge', losers: ['r2'], contacts: ['a'] },
      { kind: 'merge', losers: ['r2'], contacts: ['a'] },
    ],
    [
      { kind: 'update', write: { contactId: 's', values: PERSON } },
      { kind: 'update', write: { contactId: 's', values: {} } },
    ],
  ];
  const planOf = (number: number) =>
    ({
      ...{ number, decisions: [{ key: 'mobile', decision: 'write' }] },
      steps: steps.map(([step]) => step),
      before: [{ recordId: 'r1', contactId: 's', values: PERSON, associations: { deals: 2 } }],
    }) as unknown as Plan;

  it('say who went into whom and which fields, and no value', async () => {
    const { documents, put, purged } = openStore();
    const plans = createPlans(documents);
    for (const number of [1, 2]) await plans.store('e1', planOf(number), LATER);
    await plans.erase('e1', LATER + 1);
    const left = (number: number) => ({
      ...{ number, decisions: [{ key: 'mobile', decision: 'write' }], erased: true },
      steps: steps.map(([, step]) => step),
      before: [{ recordId: 'r1', contactId: 's', values: {} }],
    });
    expect(await plans.all('e1')).toStrictEqual([left(1), left(2)]);
    expect(put.slice(-2).map(({ expiresAt }) => expiresAt)).toEqual([LATER + 1, LATER + 1]);
    expect(purged).toEqual([{ tenant: 'acme', kind: 'plan', id: 'e1' }]);
  });

  it('are not written again by a second run', async () => {
    const { documents, put } = openStore();
    const plans = createPlans(documents);
    await plans.store('e1', planOf(1), LATER);
    await plans.erase('e1', LATER);
    const writes = put.length;
    await plans.erase('e1', LATER);
    expect(put).toHaveLength(writes);
  });
});

describe('plans of taking a merge back, once they are erased', () => {
  const loser = { contactId: 'a', recordId: 'r2', values: PERSON };
  const unmerge = { ...command, undoneAt: 't', undoneBy: 'ada' };
  const steps: [UndoStep, UndoStep][] = [
    [
      { kind: 'bring-back', loser },
      { kind: 'bring-back', loser: { ...loser, values: {} } },
    ],
    [
      { kind: 'restore', contact: 's', fields: [{ property: 'mobile', from: '1', to: '2' }] },
      { kind: 'restore', contact: 's', fields: [{ property: 'mobile', from: null, to: null }] },
    ],
    [
      { kind: 'tell', key: 'k', command: unmerge },
      { kind: 'tell', key: 'k', command: { ...unmerge, changed: {}, old: {}, mergedContacts: [] } },
    ],
  ];
  const planOf = (number: number) =>
    ({ number, madeAt: NOW, by: 'ada', survivor: 's', losers: ['a'], steps: steps.map(([step]) => step) }) as UndoPlan;

  it('say which contacts and properties, and no value', async () => {
    const { documents, put, purged } = openStore();
    const plans = createUndoPlans(documents);
    for (const number of [1, 2]) await plans.store('e1', planOf(number), LATER);
    await plans.erase('e1', LATER + 1);
    const left = (number: number) => ({ ...planOf(number), steps: steps.map(([, step]) => step), erased: true });
    expect(await plans.all('e1')).toStrictEqual([left(1), left(2)]);
    expect(put.slice(-2).map(({ expiresAt }) => expiresAt)).toEqual([LATER + 1, LATER + 1]);
    expect(purged).toEqual([{ tenant: 'acme', kind: 'undo', id: 'e1' }]);
  });

  it('are not written again by a second run, nor over one that another run has erased', async () => {
    const { documents, others, put, before } = openStore();
    const plans = createUndoPlans(documents);
    for (const number of [1, 2]) await plans.store('e1', planOf(number), LATER);
    before.push(() => createUndoPlans(others).erase('e1', LATER));
    await plans.erase('e1', LATER);
    // The first write came too late, and the second plan was erased by then.
    expect(put.slice(2)).toHaveLength(1);
    await plans.erase('e1', LATER);
    expect(put.slice(2)).toHaveLength(1);
    expect((await plans.all('e1')).every(({ erased }) => erased)).toBe(true);
  });
});

describe('an event whose values are erased', () => {
  const taken = { at: NOW, by: 'ada', action: 'forget' } as never;
  const record = { eventId: 'e1', state: 'waiting', receivedAt: NOW - 9, listedAt: NOW + 5 } as EventRecord;

  it('keeps its state and its place, and says who erased it after what was done before', () => {
    const earlier = { at: NOW - 1, by: 'eve', action: 'replay' } as never;
    const { record: left, listed } = marksErased({ ...record, operatorActions: [earlier] }, taken);
    expect(left).toMatchObject({ ...record, erased: true, operatorActions: [earlier, taken] });
    expect(listed).toEqual({ list: 'open', at: NOW + 5 });
  });

  it('has that as its first action where there was none, and stands under the time it came where it had no place', () => {
    const { listedAt: _none, ...unlisted } = record;
    const { record: left, listed } = marksErased(unlisted as EventRecord, taken);
    expect(left.operatorActions).toEqual([taken]);
    expect(listed).toEqual({ list: 'open', at: NOW - 9 });
  });
});
