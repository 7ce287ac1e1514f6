import { StoreError } from '../errors.ts';
import type { EventPointer } from '../event.ts';
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

/** A message that was sent while its event's record was being written. */
export interface EarlyMessage {
  eventId: string;
  /** Milliseconds since 1970. */
  sentAt: number;
  /** The queue did not take it. */
  failed: boolean;
}

/** So long a new event's message rests, so that its record is there first, seconds. */
const EARLY_DELAY_SECONDS = 1;
const EARLY_MS = 700;

/** Sends a new event's message while its record is being written: the sender waits for the slower of them only. */
export async function sendEarly(pointer: EventPointer, { queue, now, log }: QueueingDeps): Promise<EarlyMessage> {
  const sentAt = now();
  const sent = await attempt(pointer, log, () => queue.send(pointer, EARLY_DELAY_SECONDS));
  return { eventId: pointer.eventId, sentAt, failed: !sent };
}

/**
 * Queues an event that no worker has taken yet: a repeat does not know whether the first copy came so far. A failure is
 * no reason to refuse the callback: the event is listed for reconcile to look at soon (promise 2).
 * @param early its message, if one was sent.
 */
export async function ensureQueued(
  ledger: EventLedger,
  stored: Stored<EventRecord>,
  early: EarlyMessage | undefined,
  deps: QueueingDeps,
): Promise<void> {
  const { value: record, version } = stored;
  if (record.state !== 'stored') return;
  const isSent = early?.eventId === record.eventId;
  if (isSent && !early.failed && deps.now() - early.sentAt <= EARLY_MS) return;
  const { now, log, timing } = deps;
  const pointer = { tenant: ledger.tenant, eventId: record.eventId };
  if (!(isSent && early.failed) && (await attempt(pointer, log, () => deps.queue.send(pointer)))) return;
  // Should this fail too, reconcile looks at it all the same, only later. A worker that was quicker has written the
  // record already: its word stands.
  const unsent = transition(record, { on: 'unsent' }, { now: now(), timing });
  await attempt(pointer, log, () => ledger.events.save(unsent, version));
}

async function attempt(pointer: EventPointer, log: Log, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.warn('left to reconcile', { ...pointer, problem: error.message, metric: 'left-to-reconcile' });
    return false;
  }
}
