import type { EventRecord } from '../ledger/event-record.ts';
import { readRecord, saveRecord } from '../ledger/event-record.ts';
import type { Log } from '../log.ts';
import type { Documents, Now, Queue } from '../ports.ts';

export interface ReconcileDeps {
  events: Documents;
  queue: Queue;
  now: Now;
  log: Log;
  /** Names of all tenants. */
  tenants: string[];
  /** Milliseconds until an event that was queued again is looked at again; doubles each time. */
  stuckMs: number;
  /** Milliseconds since 1970: nothing more is begun after it. */
  deadline(): number;
}

export interface Reconciled {
  /** Stored, but its queue message was never sent or never marked. */
  queued: number;
  /** Queued long ago and not moved since: queued again. */
  requeued: number;
  /** Queued again and again without effect: left to a human. */
  parked: number;
}

const MOST_REQUEUES = 6; // With an hour doubling each time: after about five days.
const AT_A_TIME = 200;

interface Run extends ReconcileDeps {
  total: Reconciled;
  failures: unknown[];
}

/**
 * Looks at every open event whose time has come: stored but never queued is queued, waiting long enough is queued,
 * stuck is queued again and finally parked. Tenants take turns, so that one's backlog does not starve the others.
 * @throws the first failure, after all others have had their turn: it keeps nobody waiting, and its alarm rings.
 */
export async function reconcile(deps: ReconcileDeps): Promise<Reconciled> {
  const run: Run = { ...deps, total: { queued: 0, requeued: 0, parked: 0 }, failures: [] };
  let busy = [...deps.tenants];
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
  const due = await run.events.listed(tenant, 'open', { before: run.now(), limit: AT_A_TIME });
  let moved = 0;
  for (const { id } of due) {
    if (run.now() >= run.deadline()) return false;
    const done = await attempt(run, { tenant, eventId: id }, () => reconcileEvent(tenant, id, run));
    if (done) {
      run.total[done] += 1;
      moved += 1;
    }
  }
  return due.length === AT_A_TIME && moved > 0; // The list lags: what did not move now will not in a second.
}

async function attempt<T>(run: Run, whom: { tenant: string; eventId?: string }, work: () => Promise<T>) {
  try {
    return await work();
  } catch (error) {
    run.failures.push(error);
    run.log.error('not reconciled', { ...whom, problem: error instanceof Error ? error.name : 'unknown' });
    return undefined;
  }
}

async function reconcileEvent(tenant: string, eventId: string, deps: ReconcileDeps) {
  const stored = await readRecord(deps.events, tenant, eventId);
  if (!stored || !isDue(stored.value, deps.now())) return undefined;
  const next = nextOf(stored.value, deps.now());
  const requeues = next.requeues ?? 0;
  const dueAt = deps.now() + deps.stuckMs * 2 ** requeues;
  if (next.state === 'queued') await deps.queue.send({ tenant, eventId });
  if (!(await saveRecord(deps.events, tenant, next, { expected: stored.version, dueAt }))) return undefined;
  return tell(tenant, stored.value, next, deps);
}

/** The list may lag behind the record: a worker on it, a rest not over, or an end already reached. */
function isDue(record: EventRecord, now: number): boolean {
  if (record.worker && record.worker.until > now) return false;
  if (record.resumeAt !== undefined && record.resumeAt > now) return false;
  return ['stored', 'queued', 'working', 'waiting'].includes(record.state);
}

function nextOf(record: EventRecord, now: number): EventRecord {
  if (record.state === 'stored') return { ...record, state: 'queued', queuedAt: now, updatedAt: now };
  // It rests on purpose, and its time has come: this is no sign of trouble.
  if (record.state === 'waiting') return { ...record, updatedAt: now, state: 'queued' };
  const requeues = (record.requeues ?? 0) + 1;
  if (requeues > MOST_REQUEUES) return { ...record, state: 'parked', reason: 'stuck', updatedAt: now };
  return { ...record, state: 'queued', requeues, queuedAt: now, updatedAt: now };
}

function tell(tenant: string, before: EventRecord, { state, eventId, requeues }: EventRecord, { log }: ReconcileDeps) {
  const fields = { tenant, eventId, before: before.state, requeues };
  if (state === 'parked') {
    log.warn('event left', { ...fields, state, reason: 'stuck', metric: 'parked' });
    return 'parked' as const;
  }
  if (requeues) log.warn('event queued again', { ...fields, metric: 'stuck' });
  else log.info('event queued by reconcile', fields);
  return before.state === 'stored' ? ('queued' as const) : ('requeued' as const);
}
