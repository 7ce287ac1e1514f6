import type { EventRecord, EventState } from '../ledger/event-record.ts';
import { updateRecord } from '../ledger/event-record.ts';
import type { Documents, Now, Queue } from '../ports.ts';

export interface OperatorDeps {
  events: Documents;
  queue: Queue;
  now: Now;
  /** Who does it; kept with the event. */
  by: string;
}

export type OperatorAction =
  /** The cause of the parking is gone (or `observe` is over): try again. */
  | 'replay'
  /** Let an event pass the volume breaker. */
  | 'release'
  /** Somebody has looked: the unanswered call did take effect. */
  | 'settle-done'
  /** Somebody has looked: the unanswered call did nothing. */
  | 'settle-not-done';

export type ActionResult = 'queued' | 'no-such-event' | 'not-possible';

/** Puts an event back on its way, once, and keeps who did it (promise 8). */
export async function operate(
  tenant: string,
  eventId: string,
  action: OperatorAction,
  deps: OperatorDeps,
): Promise<ActionResult> {
  const before = { possible: false };
  const stored = await updateRecord(deps.events, tenant, eventId, (record) => {
    before.possible = isPossible(record, action);
    return before.possible ? { record: changed(record, action, deps), dueAt: deps.now() + LOOK_AGAIN_MS } : undefined;
  });
  if (!stored) return 'no-such-event';
  if (!before.possible) return 'not-possible';
  // Should this fail, the event stands in the open list and reconcile queues it.
  await deps.queue.send({ tenant, eventId });
  return 'queued';
}

const LOOK_AGAIN_MS = 60_000;

function isPossible(record: EventRecord, action: OperatorAction): boolean {
  if (action === 'release') return record.state === 'held';
  if (action === 'replay') return record.state === 'parked' || record.reason === 'observed';
  return record.state === 'parked' && record.progress?.sent === true;
}

function changed(record: EventRecord, action: OperatorAction, { now, by }: OperatorDeps): EventRecord {
  const { reason, failures: _f, firstFailureAt: _ff, requeues: _q, counted: _c, progress, ...rest } = record;
  const state: EventState = 'queued';
  const counted = record.counted && reason !== 'observed'; // What was observed merges only now.
  return {
    ...rest,
    ...(progress && { progress: settled(progress, action) }),
    ...(action === 'release' && { released: true }),
    ...(action !== 'release' && counted && { counted }),
    state,
    updatedAt: now(),
    operatorActions: [...(record.operatorActions ?? []), { at: now(), by, action }],
  };
}

function settled(progress: NonNullable<EventRecord['progress']>, action: OperatorAction) {
  if (action === 'settle-done') return { ...progress, sent: false, attempts: 0, step: progress.step + 1 };
  return action === 'settle-not-done' ? { ...progress, sent: false } : progress;
}
