import { StoreError } from '../../lib/errors.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { createLog } from '../../lib/log.ts';
import type { Documents, Queue } from '../../lib/ports.ts';
import { type ReconcileDeps, reconcile } from '../../lib/recovery/reconcile.ts';
import { type AnyRecord, eventKey, writeRecord } from '../ledger/raw-records.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const START = Date.UTC(2026, 0, 5, 8);
const SECOND = 1_000;
const HOUR = 3_600_000;

function open(changes: Partial<ReconcileDeps> = {}) {
  const clock = { now: START };
  const events = asPort(createMemoryDocuments(() => clock.now));
  const sent: string[] = [];
  const lines: { metric?: string; [field: string]: unknown }[] = [];
  const queue: Queue = {
    send: async ({ tenant, eventId }) => void sent.push(`${tenant}/${eventId}`),
  };
  const store = { events };
  const deps: ReconcileDeps = {
    ledger: (tenant) => createEventLedger(store.events, tenant),
    queue,
    now: () => clock.now,
    log: createLog(
      (line) => lines.push(JSON.parse(line)),
      () => clock.now,
    ),
    tenants: ['acme', 'outlet'],
    timing: { graceMs: 60 * SECOND, stuckMs: HOUR },
    deadline: () => clock.now + HOUR,
    ...changes,
  };
  return {
    clock,
    events,
    store,
    sent,
    lines,
    deps,
    run: () => reconcile(deps),
    async put(eventId: string, changes: Partial<AnyRecord>, dueAt = START, tenant = 'acme') {
      const times = { receivedAt: START, updatedAt: START };
      const event = { eventId, kind: 'merge' as const, name: 'n', state: 'stored' as const, digest: 'd', plan: 0 };
      await writeRecord(events, tenant, { ...event, ...times, ...changes } as EventRecord, { expected: 0, dueAt });
    },
    record: async (eventId: string, tenant = 'acme') =>
      (await events.get<EventRecord>(eventKey(tenant, eventId)))?.value,
  };
}

describe('promise 2: an event that was stored and never queued', () => {
  it('is queued as soon as its grace is over, and marked', async () => {
    const { clock, put, run, sent, record } = open();
    await put('e1', {}, START + 60 * SECOND);
    expect(await run()).toEqual({ queued: 0, resumed: 0, requeued: 0, parked: 0 });
    clock.now += 60 * SECOND;
    expect(await run()).toEqual({ queued: 1, resumed: 0, requeued: 0, parked: 0 });
    expect(sent).toEqual(['acme/e1']);
    expect(await record('e1')).toMatchObject({ state: 'queued', queuedAt: clock.now });
  });

  it('is queued once, not again two minutes later', async () => {
    const { clock, put, run, sent } = open();
    await put('e1', {});
    await run();
    clock.now += 120 * SECOND;
    await run();
    expect(sent).toEqual(['acme/e1']);
  });

  it('and whose mark fails after the sending, is sent again: at least once', async () => {
    const { store, put, run, sent, events, record } = open();
    await put('e1', {});
    const putting: Documents['put'] = () => Promise.reject(new StoreError('down'));
    store.events = { ...events, put: putting };
    await run().catch(() => undefined);
    store.events = events;
    await run();
    expect(sent).toEqual(['acme/e1', 'acme/e1']);
    expect((await record('e1'))?.state).toBe('queued');
  });

  it('is not marked as queued when the sending failed', async () => {
    const { deps, put, run, record } = open();
    await put('e1', {});
    deps.queue = { send: () => Promise.reject(new StoreError('down')) };
    await run().catch(() => undefined);
    expect((await record('e1'))?.state).toBe('stored');
  });
});

describe('an event that waits', () => {
  it('is queued when its time has come, not before, and that is no sign of trouble', async () => {
    const { clock, put, run, sent, record, lines } = open();
    await put('e1', { state: 'waiting', resumeAt: START + 3 * HOUR }, START);
    await run();
    expect(sent).toEqual([]);
    clock.now += 3 * HOUR;
    expect(await run()).toEqual({ queued: 0, resumed: 1, requeued: 0, parked: 0 });
    expect(sent).toEqual(['acme/e1']);
    expect((await record('e1'))?.requeues).toBeUndefined();
    expect(lines.map(({ metric }) => metric)).not.toContain('stuck');
  });

  it('may do so for as long as it likes', async () => {
    const { clock, put, run, record, events } = open();
    await put('e1', { state: 'waiting' });
    for (let time = 0; time < 50; time++, clock.now += 3 * HOUR) {
      await run();
      const stored = await events.get<EventRecord>(eventKey('acme', 'e1'));
      const waiting = { ...(stored?.value as EventRecord), state: 'waiting' } as EventRecord;
      await writeRecord(events, 'acme', waiting, { expected: stored?.version ?? 0, dueAt: clock.now + HOUR });
    }
    expect((await record('e1'))?.state).toBe('waiting');
  });

  it('in a worker’s hands is left alone until that worker’s lease is over', async () => {
    const { clock, put, run, sent } = open();
    await put('e1', { state: 'working', worker: { id: 'w', until: START + 90 * SECOND } }, START);
    await run();
    expect(sent).toEqual([]);
    clock.now += 90 * SECOND;
    await run();
    expect(sent).toEqual(['acme/e1']);
  });

  it.each(['applied', 'ignored', 'skipped', 'held', 'parked'] as const)(
    'for nothing (%s) is left alone',
    async (state) => {
      const { put, run, sent, record, store, events } = open();
      await put('e1', { state });
      store.events = { ...events, listed: async () => [{ id: 'e1', at: START }] }; // The list lags behind.
      expect(await run()).toEqual({ queued: 0, resumed: 0, requeued: 0, parked: 0 });
      expect(sent).toEqual([]);
      expect((await record('e1'))?.state).toBe(state);
    },
  );
});

describe('promise 7: an event that does not move', () => {
  it('is queued again, each time after twice as long, with an alarm, and in the end parked', async () => {
    const { clock, put, run, sent, record, lines } = open();
    await put('e1', { state: 'queued' });
    const pauses: number[] = [];
    for (let last = START, seen = 0; clock.now < START + 200 * HOUR; clock.now += 600 * SECOND) {
      await run();
      if (sent.length > seen) {
        pauses.push(Math.round((clock.now - last) / HOUR));
        seen = sent.length;
        last = clock.now;
      }
    }
    expect(pauses).toEqual([0, 2, 4, 8, 16, 32]);
    expect(await record('e1')).toMatchObject({ state: 'parked', reason: 'stuck' });
    const event = { level: 'warn', tenant: 'acme', eventId: 'e1', before: 'queued' };
    expect(lines.filter(({ metric }) => metric === 'stuck')).toMatchObject(
      [1, 2, 3, 4, 5, 6].map((requeues) => ({ ...event, message: 'event queued again', requeues })),
    );
    expect(lines.filter(({ metric }) => metric === 'parked')).toMatchObject([
      { ...event, message: 'event state changed', state: 'parked', reason: 'stuck' },
    ]);
  });

  it('is counted: queued again, or parked', async () => {
    const { put, run } = open();
    await put('e1', { state: 'queued' });
    await put('e2', { state: 'queued', requeues: 6 });
    expect(await run()).toEqual({ queued: 0, resumed: 0, requeued: 1, parked: 1 });
  });

  it('loses nothing of what it was about to do', async () => {
    const { put, run, record } = open();
    const progress = { step: 3, sent: true, attempts: 2, survivorRecord: 'r7' };
    await put('e1', { state: 'working', plan: 1, progress });
    await run();
    expect(await record('e1')).toMatchObject({ state: 'queued', plan: 1, progress });
  });
});

describe('promise 10: tenants take turns', () => {
  it('a backlog of 1 000 at one does not keep the other waiting', async () => {
    const { put, run, sent } = open();
    for (let index = 0; index < 1_000; index++) await put(`e${index}`, {}, START - 1_000 + index);
    for (let index = 0; index < 3; index++) await put(`o${index}`, {}, START, 'outlet');
    expect(await run()).toEqual({ queued: 1_003, resumed: 0, requeued: 0, parked: 0 });
    expect(sent.findIndex((one) => one.startsWith('outlet/'))).toBeLessThanOrEqual(200);
    expect(new Set(sent).size).toBe(1_003);
  });

  it('what cannot be read of one delays no other, and is told', async () => {
    const { store, events, put, run, sent, lines } = open();
    for (const id of ['e1', 'broken', 'e2']) await put(id, {});
    await put('o1', {}, START, 'outlet');
    const get: Documents['get'] = (key) =>
      key.id === 'broken'
        ? Promise.reject(new StoreError('DynamoDB: a document lacks some of its parts'))
        : events.get(key);
    store.events = { ...events, get };
    await expect(run()).rejects.toThrow(StoreError); // Whereupon the function's own alarm rings.
    expect(sent.sort()).toEqual(['acme/e1', 'acme/e2', 'outlet/o1']);
    expect(lines).toContainEqual(
      expect.objectContaining({ eventId: 'broken', problem: 'DynamoDB: a document lacks some of its parts' }),
    );
    expect(lines.at(-1)).toMatchObject({ metric: 'reconciled', queued: 3 });
  });

  it('a list that cannot be read delays no other tenant either', async () => {
    const { store, events, put, run, sent, lines } = open();
    await put('e1', {});
    await put('o1', {}, START, 'outlet');
    const listed: Documents['listed'] = (tenant, ...more) =>
      tenant === 'acme' ? Promise.reject(new StoreError('down')) : events.listed(tenant, ...more);
    store.events = { ...events, listed };
    await expect(run()).rejects.toThrow(StoreError);
    expect(sent).toEqual(['outlet/o1']);
    expect(lines[0]).toMatchObject({
      level: 'error',
      message: 'not reconciled',
      tenant: 'acme',
      problem: 'down',
    });
  });

  it('those in the list of tenants have theirs too', async () => {
    const { put, run, sent } = open({ tenants: ['acme'], listedTenants: async () => ['outlet'] });
    for (const tenant of ['acme', 'outlet', 'unlisted']) await put('e1', {}, START, tenant);
    expect((await run()).queued).toBe(2);
    expect(sent).toEqual(['acme/e1', 'outlet/e1']);
  });

  it('a list of tenants that cannot be read delays only those in it', async () => {
    const listedTenants = () => Promise.reject(new StoreError('down'));
    const { put, run, sent, lines } = open({ tenants: ['acme'], listedTenants });
    await put('e1', {});
    await expect(run()).rejects.toThrow('down');
    expect(sent).toEqual(['acme/e1']);
    expect(lines[0]).toMatchObject({ level: 'error', message: 'not reconciled', problem: 'down' });
  });
});

describe('reconcile', () => {
  it('begins nothing after its deadline, and the next run goes on', async () => {
    const { deps, clock, put, sent, run } = open();
    for (let index = 0; index < 100; index++) await put(`e${index}`, {}, START - 100 + index);
    const { queue } = deps;
    deps.queue = {
      send: (pointer) => {
        clock.now += SECOND;
        return queue.send(pointer);
      },
    };
    const end = clock.now + 30 * SECOND;
    deps.deadline = () => end;
    expect((await run()).queued).toBe(30);
    expect(clock.now).toBe(end);
    deps.deadline = () => clock.now + HOUR;
    await run();
    expect(new Set(sent).size).toBe(100);
  });

  it('asks for no list once its deadline has come', async () => {
    const { deps, clock, store, events, put, run } = open();
    await put('e1', {});
    const listed = jest.fn(events.listed);
    store.events = { ...events, listed };
    deps.deadline = () => clock.now;
    expect((await run()).queued).toBe(0);
    expect(listed).not.toHaveBeenCalled();
  });

  it('asks for a tenant’s list again only where it was full and something moved', async () => {
    const { clock, deps, store, events, put, run } = open({ tenants: ['acme'] });
    deps.deadline = () => START + HOUR;
    await put('e1', {});
    await put('done', { state: 'applied' });
    const some = jest.fn(events.listed);
    store.events = { ...events, listed: some };
    expect((await run()).queued).toBe(1);
    expect(some).toHaveBeenCalledTimes(1);
    // A full list that lags behind: nothing in it is left to do. Time passes, so that asking for ever would end.
    const lagging = jest.fn(async () => {
      clock.now += HOUR / 4;
      return Array.from({ length: 200 }, () => ({ id: 'done', at: START }));
    });
    store.events = { ...events, listed: lagging };
    expect((await run()).queued).toBe(0);
    expect(lagging).toHaveBeenCalledTimes(1);
  });

  it('tells what it did, so that its silence can be noticed', async () => {
    const { put, run, lines } = open();
    await put('e1', {});
    await run();
    expect(lines).toMatchObject([
      { level: 'info', message: 'event queued by reconcile', tenant: 'acme', eventId: 'e1', before: 'stored' },
      { level: 'info', message: 'reconciled', metric: 'reconciled', queued: 1 },
    ]);
  });

  it('names a failure that is no Error as unknown', async () => {
    const { deps, put, run, lines } = open();
    await put('e1', {});
    deps.queue = { send: () => Promise.reject('down') };
    await expect(run()).rejects.toBe('down');
    expect(lines[0]).toMatchObject({ eventId: 'e1', problem: 'unknown' });
  });

  it('of two at once, sends what it must and marks it once', async () => {
    const { put, run, record } = open();
    await put('e1', {});
    const both = await Promise.all([run(), run()]);
    expect(both.map(({ queued }) => queued).sort()).toEqual([0, 1]);
    expect((await record('e1'))?.state).toBe('queued');
  });
});
