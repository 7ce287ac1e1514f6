import { StoreError } from '../errors.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import { saveRecord } from '../ledger/event-record.ts';
import type { Log } from '../log.ts';
import type { Documents, Now, Queue, Stored } from '../ports.ts';

export interface QueueingDeps {
  events: Documents;
  queue: Queue;
  now: Now;
  log: Log;
  timing: { graceMs: number };
}

// After this long a queued event has met trouble that the queue's own redelivery did not cure.
const STUCK_MS = 3_600_000;

/**
 * Queues an event that is stored and not yet queued, and marks it. A failure is no reason to refuse the callback: the
 * event stands in the list of open ones, and reconcile queues it.
 */
export async function ensureQueued(tenant: string, stored: Stored<EventRecord>, deps: QueueingDeps): Promise<void> {
  if (stored.value.state !== 'stored') return;
  const { eventId } = stored.value;
  try {
    await deps.queue.send({ tenant, eventId });
    await markQueued(tenant, stored, deps);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    deps.log.warn('left to reconcile', { tenant, eventId, problem: error.message, metric: 'left-to-reconcile' });
  }
}

/** A worker that was quicker has written the record already: its word stands. */
async function markQueued(tenant: string, { value, version }: Stored<EventRecord>, deps: QueueingDeps) {
  const now = deps.now();
  const record: EventRecord = { ...value, state: 'queued', queuedAt: now, updatedAt: now };
  await saveRecord(deps.events, tenant, record, { expected: version, dueAt: now + STUCK_MS });
}
