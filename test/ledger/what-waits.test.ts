import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { RECORDS_AT_ONCE, readRecords } from '../../lib/ledger/read-records.ts';
import { counted, forAPerson, MAX_COUNTED, readWaiting } from '../../lib/ledger/what-waits.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';
import { type AnyRecord, eventKey } from './raw-records.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const FACTS = { kind: 'merge', name: 'n', digest: 'd', plan: 0, updatedAt: NOW };

async function ledgerOf(records: { eventId: string; list: string; receivedAt: number; [field: string]: unknown }[]) {
  const events = asPort(createMemoryDocuments(() => NOW));
  for (const { list, ...record } of records)
    await events.put(eventKey('acme', record.eventId), { ...FACTS, ...record } as unknown as AnyRecord, {
      expected: 0,
      listed: { list, at: record.receivedAt },
    });
  return createEventLedger(events, 'acme');
}

const parked = (eventId: string, reason: string, age: number) => ({
  ...{ eventId, state: 'parked', reason },
  ...{ list: 'parked', receivedAt: NOW - age },
});
const held = (eventId: string, age: number) => ({
  ...{ eventId, state: 'held', reason: 'tenant-hour-limit' },
  ...{ list: 'held', receivedAt: NOW - age },
});
const unlinked = (eventId: string, age: number) => ({
  ...{ eventId, state: 'skipped', reason: 'unknown-in-crm', missing: ['A'] },
  ...{ list: 'unlinked', receivedAt: NOW - age },
});
const observed = (eventId: string, age: number) => ({
  ...{ eventId, state: 'skipped', reason: 'observed' },
  ...{ list: 'observed', receivedAt: NOW - age },
});

describe('what waits for a person', () => {
  it('is grouped by list and reason, in the order of the lists, the oldest of a list first', async () => {
    const ledger = await ledgerOf([
      parked('p1', 'cycle', 10),
      parked('p2', 'crm-auth', 50),
      parked('p3', 'cycle', 90),
      parked('p4', 'crm-auth', 20),
      held('h1', 500),
      unlinked('u1', 900),
      unlinked('u2', 700),
      observed('o1', 800),
    ]);
    const waiting = await readWaiting(ledger);
    expect(waiting).toEqual({
      waiting: [
        { list: 'parked', reason: 'cycle', count: 2, since: NOW - 90 },
        { list: 'parked', reason: 'crm-auth', count: 2, since: NOW - 50 },
        { list: 'held', reason: 'tenant-hour-limit', count: 1, since: NOW - 500 },
        { list: 'unlinked', reason: '', count: 2, since: NOW - 900 },
        { list: 'observed', reason: '', count: 1, since: NOW - 800 },
      ],
      isWaitingCut: false,
      unlinked: { count: 2, isMore: false },
    });
    expect(forAPerson(waiting).map(({ list }) => list)).toEqual(['parked', 'parked', 'held']);
  });

  it('has the oldest group of a list first, whichever was met first', async () => {
    // The list is by the time an event came into it: one that was replayed and parked again stands behind.
    const late = { ...parked('p2', 'crm-auth', 90), receivedAt: NOW - 90 };
    const ledger = await ledgerOf([parked('p1', 'cycle', 50), late, parked('p3', 'self-merge', 70)]);
    const listed: typeof ledger.events.listed = async (list) =>
      list === 'parked' ? ['p1', 'p2', 'p3'].map((id) => ({ id, at: NOW })) : [];
    const { waiting } = await readWaiting({ ...ledger, events: { ...ledger.events, listed } });
    expect(waiting.map(({ reason }) => reason)).toEqual(['crm-auth', 'self-merge', 'cycle']);
  });

  it('counts an event by what its record says now: its place in a list may be older', async () => {
    const ledger = await ledgerOf([
      { ...parked('e1', 'cycle', 5), state: 'queued', reason: undefined },
      { ...parked('e2', 'cycle', 5), state: 'applied', reason: undefined, missing: ['A'] },
      { ...parked('e3', 'cycle', 5), reason: undefined },
    ]);
    expect((await readWaiting(ledger)).waiting).toEqual([
      { list: 'parked', reason: '', count: 1, since: NOW - 5 },
      { list: 'unlinked', reason: '', count: 1, since: NOW - 5 },
    ]);
  });

  it('is nothing where nothing waits', async () => {
    expect(await readWaiting(await ledgerOf([]))).toEqual({
      waiting: [],
      isWaitingCut: false,
      unlinked: { count: 0, isMore: false },
    });
  });

  it.each([
    [MAX_COUNTED, false],
    [MAX_COUNTED + 1, true],
  ])(
    'of a list with %d events a thousand are counted, the oldest, and it is said whether there are more',
    async (length, isCut) => {
      const ages = Array.from({ length }, (_, index) => length - index);
      const ledger = await ledgerOf(ages.map((age) => unlinked(`u${age}`, age)));
      const { waiting, isWaitingCut, unlinked: count } = await readWaiting(ledger);
      expect(waiting).toEqual([{ list: 'unlinked', reason: '', count: MAX_COUNTED, since: NOW - length }]);
      expect({ isWaitingCut, count }).toEqual({ isWaitingCut: isCut, count: { count: MAX_COUNTED, isMore: isCut } });
    },
  );

  it('counts to another number where one is named', () => {
    expect([1, 2, 3].map((length) => counted(Array(length), 2))).toEqual([
      { count: 1, isMore: false },
      { count: 2, isMore: false },
      { count: 2, isMore: true },
    ]);
  });
});

describe('the records of many events', () => {
  it('are read in portions, stand in the order of the ids, and unknown ones are left out', async () => {
    const ids = Array.from({ length: RECORDS_AT_ONCE + 1 }, (_, index) => `e${index}`);
    const ledger = await ledgerOf(ids.map((id, index) => parked(id, 'cycle', index)));
    const portions: number[] = [];
    const readMany = (batch: string[]) => {
      portions.push(batch.length);
      return ledger.events.readMany(batch);
    };
    const watched = { ...ledger, events: { ...ledger.events, readMany } };
    const asked = [...ids.slice(0, 3), 'unknown', ...ids.slice(3)];
    expect((await readRecords(watched, asked)).map(({ eventId }) => eventId)).toEqual(ids);
    expect(portions).toEqual([RECORDS_AT_ONCE, 2]);
    expect(await readRecords(watched, [])).toEqual([]);
  });
});
