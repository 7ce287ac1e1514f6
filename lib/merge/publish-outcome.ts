import { StoreError } from '../errors.ts';
import type { Outcome } from '../ports.ts';
import { type ClaimedEvent, pointerOf } from './claimed-event.ts';

/**
 * Published before the event is closed: a crash in between publishes it again. Where the outcomes queue still fails
 * once reconcile had to bring the event back, the event is closed all the same: what it was to do is done.
 * @throws StoreError
 */
export async function publishOutcome(claimed: ClaimedEvent, end: Omit<Outcome, 'tenant' | 'eventId' | 'at'>) {
  const { deps, record } = claimed;
  const outcome = { ...pointerOf(claimed), ...end, at: deps.now() };
  try {
    await deps.outcomes?.publish(outcome);
  } catch (error) {
    if (!(error instanceof StoreError) || record.requeues === undefined) throw error;
    const problem = error.message;
    deps.log.error('outcome not published', { ...pointerOf(claimed), problem, metric: 'outcome-lost' });
  }
}
