import { problemOf } from '../errors.ts';
import { type EventRecord, workerOf } from '../ledger/event-record.ts';
import { isClaimable } from '../ledger/event-states.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { Timing } from '../ledger/timing.ts';
import { type Change, transition } from '../ledger/transitions.ts';
import type { Log } from '../log.ts';
import type { Now, Queue } from '../ports.ts';

export interface ReconcileDeps {
  /** A tenant's part of the events table. */
  ledger(tenant: string): EventLedger;
  queue: Queue;
  now: Now;
  log: Log;
  /** Names of the tenants of the deployment, or of all. */
  tenants: string[];
  /** Names of the others. A failure delays only them. */
  listedTenants?(): Promise<string[]>;
  timing: Pick<Timing, 'graceMs' | 'stuckMs'>;
  /** Milliseconds since 1970: nothing more is begun after it. */
  deadline(): number;
}

/** How many events were moved. */
export interface Reconciled {
  /** Stored, but its queue message was never sent or never marked. */
  queued: number;
  /** Its time to go on has come. */
  resumed: number;
  /** Queued long ago and not moved since: queued again. */
  requeued: number;
  /** Queued again and again without effect: left to an operator. */
  parked: number;
}

const MAX_REQUEUES = 6; // With an hour doubling each time: after about five days.
const AT_A_TIME = 200;

interface Run extends ReconcileDeps {
  total: Reconciled;
  failures: unknown[];
}

/**
 * Looks at every open event whose time has come: stored but never queued is queued, waiting long enough is queued,
 * stuck is queued again and finally parked. Tenants take turns, so that one's backlog does not starve the others.
 * @throws the first failure, after all others have had their turn: it delays no other event, and its alarm rings.
 */
export async function reconcile(deps: ReconcileDeps): Promise<Reconciled> {
  const run: Run = { ...deps, total: { queued: 0, resumed: 0, requeued: 0, parked: 0 }, failures: [] };
  const listed = await attempt(run, {}, async () => deps.listedTenants?.());
  let busy = [...deps.tenants, ...(listed ?? [])];
  while (busy.length > 0 && deps.now() < deps.deadline()) {
    const more: string[] = [];
    for (const tenant of busy) if (await attempt(run, { tenant }, () => reconcileSome(tenant, run))) more.push(tenant);
    busy = more;
  }
  deps.log.info('reconciled', { ...run.total, metric: 'reconciled' });
  if (run.failures.length > 0) throw run.failures[0];
  return run.total;
}

/** @returns whether there may be more. */
async function reconcileSome(tenant: string, run: Run): Promise<boolean> {
  const ledger = run.ledger(tenant);
  const due = await ledger.events.listed('open', { before: run.now(), limit: AT_A_TIME });
  let moved = 0;
  for (const { id } of due) {
    if (run.now() >= run.deadline()) return false;
    const done = await attempt(run, { tenant, eventId: id }, () => reconcileEvent(ledger, id, run));
    if (done) {
      run.total[done] += 1;
      moved += 1;
    }
  }
  return due.length === AT_A_TIME && moved > 0; // The list lags: what did not move now will not in a second.
}

async function attempt<T>(run: Run, ids: { tenant?: string; eventId?: string }, work: () => Promise<T>) {
  try {
    return await work();
  } catch (error) {
    run.failures.push(error);
    run.log.error('not reconciled', { ...ids, problem: problemOf(error) });
    return undefined;
  }
}

async function reconcileEvent(ledger: EventLedger, eventId: string, deps: ReconcileDeps) {
  const stored = await ledger.events.read(eventId);
  if (!stored || !isDue(stored.value, deps.now())) return undefined;
  const { change, counts } = nextMove(stored.value, deps.now());
  const moved = transition(stored.value, change, { now: deps.now(), timing: deps.timing });
  if (moved.record.state === 'queued') await deps.queue.send({ tenant: ledger.tenant, eventId });
  if (!(await ledger.events.save(moved, stored.version))) return undefined;
  report(ledger.tenant, stored.value, moved.record, deps.log);
  return counts;
}

/** The list may lag behind the record: a worker on it, a rest not over, or an end already reached. */
function isDue(record: EventRecord, now: number): boolean {
  if ((workerOf(record)?.until ?? 0) > now) return false;
  if (record.state === 'waiting' && record.resumeAt > now) return false;
  return isClaimable(record.state);
}

function nextMove(record: EventRecord, now: number): { change: Change; counts: keyof Reconciled } {
  if (record.state === 'stored') return { change: { on: 'queue-late', queuedAt: now }, counts: 'queued' };
  // It rests on purpose, and its time has come: this is no sign of trouble.
  if (record.state === 'waiting') return { change: { on: 'resume' }, counts: 'resumed' };
  const requeues = (record.requeues ?? 0) + 1;
  if (requeues > MAX_REQUEUES) return { change: { on: 'give-up', reason: 'stuck' }, counts: 'parked' };
  return { change: { on: 'requeue', requeues, queuedAt: now }, counts: 'requeued' };
}

function report(tenant: string, before: EventRecord, { state, eventId, requeues }: EventRecord, log: Log): void {
  const fields = { tenant, eventId, before: before.state, requeues };
  if (state === 'parked') log.warn('event state changed', { ...fields, state, reason: 'stuck', metric: 'parked' });
  else if (requeues) log.warn('event queued again', { ...fields, metric: 'stuck' });
  else log.info('event queued by reconcile', fields);
}
