import { createContents } from '../../lib/ledger/contents.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createJournal } from '../../lib/ledger/journal.ts';
import { createPlans, type Plan } from '../../lib/ledger/plans.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { received, transition } from '../../lib/ledger/transitions.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LATER = NOW + HOUR;

const documents = () => bindTenant(asPort(createMemoryDocuments(() => NOW)), 'acme');

describe('a content that was kept without what it says', () => {
  const payload = (body: string) => ({ event: 'E', action: 'A', body, sentAt: NOW });

  it('gets it from a later copy, once, and stays the same event', async () => {
    const contents = createContents(documents());
    expect(await contents.claim('d', { eventId: 'e1' }, LATER)).toBe(true);
    for (const body of ['first', 'second']) await contents.addPayload('d', payload(body), LATER);
    expect(await contents.read('d')).toEqual({ eventId: 'e1', payload: payload('first') });
    expect(await contents.claim('d', { eventId: 'e2' }, LATER)).toBe(false);
  });

  it('gets it though another writer comes between', async () => {
    const memory = asPort(createMemoryDocuments(() => NOW));
    const { put } = memory;
    const contents = createContents(
      bindTenant({ ...memory, put: (...what) => slow.shift()?.() ?? put(...what) }, 'acme'),
    );
    const slow: (() => Promise<boolean>)[] = [];
    await contents.claim('d', { eventId: 'e1' }, LATER);
    slow.push(async () => false);
    await contents.addPayload('d', payload('first'), LATER);
    expect((await contents.read('d'))?.payload).toEqual(payload('first'));
  });

  it('that has expired meanwhile is not kept anew', async () => {
    const contents = createContents(documents());
    await contents.addPayload('d', payload('first'), LATER);
    expect(await contents.read('d')).toBeUndefined();
  });
});

describe('promise 8: calls that have left an event’s record', () => {
  const entry = (at: number, attempt = 1) => ({
    ...{ plan: 1, step: 0, attempt, call: 'merge' },
    ...{ at: NOW + at, answeredAt: NOW + at, outcome: 'done' },
  });
  const seen = (entries: { at: number }[]) => entries.map(({ at }) => at - NOW);

  it('are read in the order they were made, with those still in the record, each once', async () => {
    const journal = createJournal(documents());
    await journal.keep('e1', [entry(1), entry(9)], LATER);
    await journal.keep('e1', [entry(2), entry(3)], LATER);
    await journal.keep('e1', [], LATER);
    const told = await journal.read({ eventId: 'e1', callsMoved: true, calls: [entry(3), entry(4)] });
    expect(seen(told)).toEqual([1, 2, 3, 4, 9]);
  });

  it('are all kept, where two workers moved the same beginning and another end', async () => {
    const journal = createJournal(documents());
    await journal.keep('e1', [entry(1), entry(2), entry(3)], LATER);
    await journal.keep('e1', [entry(1), entry(2), entry(4)], LATER);
    expect(seen(await journal.read({ eventId: 'e1', callsMoved: true }))).toEqual([1, 2, 3, 4]);
  });

  it('are all kept, where calls of different plans, steps, tries and kinds stand at the same time', async () => {
    const journal = createJournal(documents());
    const one = entry(1);
    const others = [{ plan: 2 }, { step: 1 }, { attempt: 2 }, { call: 'update' }].map((other) => ({
      ...one,
      ...other,
    }));
    for (const call of [one, ...others]) await journal.keep('e1', [call], LATER);
    const read = await journal.read({ eventId: 'e1', callsMoved: true, calls: [one] });
    expect(read).toHaveLength(5);
    expect(read).toEqual(expect.arrayContaining([one, ...others]));
  });

  it('are those of the event and of no other', async () => {
    const journal = createJournal(documents());
    await journal.keep('e1', [entry(1)], LATER);
    await journal.keep('e2', [entry(2)], LATER);
    expect(seen(await journal.read({ eventId: 'e1', callsMoved: true }))).toEqual([1]);
    expect(await journal.read({ eventId: 'e1' })).toEqual([]);
  });
});

describe('a plan', () => {
  const plan = (number: number, madeAt: number) => ({ number, madeAt }) as Plan;

  it('that a worker left before it acted on it gives way to the next worker’s', async () => {
    const plans = createPlans(documents());
    for (const madeAt of [1, 2, 3]) await plans.store('e1', plan(1, madeAt), LATER);
    await plans.store('e1', plan(2, 9), LATER);
    expect(await plans.read('e1', 1)).toEqual(plan(1, 3));
    expect(await plans.read('e1', 2)).toEqual(plan(2, 9));
    expect(await plans.read('e2', 1)).toBeUndefined();
  });
});

describe('the moves of an event', () => {
  const clock = { now: NOW, timing: { graceMs: MINUTE, stuckMs: HOUR } };
  const facts = { eventId: 'e1', name: 'E/A', digest: 'd' };

  it('are those of the table: any other is a defect, and named', () => {
    const { record } = received({ ...facts, kind: 'other' }, undefined, clock);
    const claim = { on: 'claim', worker: { id: 'w', until: LATER } } as const;
    expect(() => transition(record, claim, clock)).toThrow('no move claim from ignored');
  });

  it('begin with a human where a merge cannot be read', () => {
    const { record, listed } = received({ ...facts, kind: 'unreadable' }, 'unreadable:mainID', clock);
    expect(record).toMatchObject({ state: 'parked', reason: 'unreadable:mainID' });
    expect(listed).toEqual({ list: 'parked', at: NOW });
  });

  it.each([
    ['long past', NOW - 10 * HOUR],
    ['in a minute', NOW + MINUTE],
    ['in ten hours', NOW + 10 * HOUR],
  ])('that hand an event on leave reconcile at least half an hour, wherever it stood: %s', (_where, listedAt) => {
    const { record } = received({ ...facts, kind: 'merge' }, undefined, clock);
    const working = { ...record, state: 'working', worker: { id: 'w', until: LATER }, listedAt } as EventRecord;
    const { listed } = transition(working, { on: 'out-of-time' }, clock);
    expect(listed?.list).toBe('open');
    expect(listed?.at).toBeGreaterThanOrEqual(NOW + HOUR / 2);
    expect(listed?.at).toBeLessThanOrEqual(NOW + 2 * HOUR);
  });

  it.each([HOUR / 2, 2 * HOUR])(
    'that hand an event on leave it where it stands, %d ms ahead: that costs no write of the index',
    (ahead) => {
      const { record } = received({ ...facts, kind: 'merge' }, undefined, clock);
      const working = { ...record, state: 'working', worker: { id: 'w', until: LATER }, listedAt: NOW + ahead };
      const { listed } = transition(working as EventRecord, { on: 'out-of-time' }, clock);
      expect(listed).toEqual({ list: 'open', at: NOW + ahead });
    },
  );

  it('that take an event which was queued again leave its worker the longer time that such an event gets', () => {
    const { record } = received({ ...facts, kind: 'merge' }, undefined, clock);
    const requeued = { ...record, state: 'queued', requeues: 2, listedAt: NOW } as unknown as EventRecord;
    const until = NOW + MINUTE;
    const { listed } = transition(requeued, { on: 'claim', worker: { id: 'w', until } }, clock);
    expect(listed).toEqual({ list: 'open', at: until + MINUTE + 4 * HOUR });
  });
});
