import { StoreError } from '../errors.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { Timing } from '../ledger/timing.ts';
import { transition } from '../ledger/transitions.ts';
import type { Log } from '../log.ts';
import type { Now, Queue, Stored } from '../ports.ts';

export interface QueueingDeps {
  queue: Queue;
  now: Now;
  log: Log;
  timing: Pick<Timing, 'graceMs' | 'stuckMs'>;
}

/**
 * Queues an event that is stored and not yet queued, and marks it. A failure is no reason to refuse the callback: the
 * event stands in the list of open ones, and reconcile queues it (promise 2).
 */
export async function ensureQueued(
  ledger: EventLedger,
  { value: record, version }: Stored<EventRecord>,
  { queue, now, log, timing }: QueueingDeps,
): Promise<void> {
  if (record.state !== 'stored') return;
  const pointer = { tenant: ledger.tenant, eventId: record.eventId };
  try {
    await queue.send(pointer);
    // A worker that was quicker has written the record already: its word stands.
    const at = now();
    await ledger.events.save(transition(record, { on: 'queue', queuedAt: at }, { now: at, timing }), version);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.warn('left to reconcile', { ...pointer, problem: error.message, metric: 'left-to-reconcile' });
  }
}
