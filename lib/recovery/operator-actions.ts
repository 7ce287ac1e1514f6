import { type EventRecord, hasReason, listOfRecord, type Progress, progressOf } from '../ledger/event-record.ts';
import { isFinal, type OperatorAction, operatorActionsOf } from '../ledger/event-states.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import { DEFAULT_TIMING } from '../ledger/timing.ts';
import { type Change, transition } from '../ledger/transitions.ts';
import type { Now, Queue } from '../ports.ts';

export interface OperatorDeps {
  ledger: EventLedger;
  queue: Queue;
  now: Now;
  /** The operator's name; kept with the event. */
  by: string;
}

export type ActionResult = 'queued' | 'no-such-event' | 'not-possible';

/**
 * Puts an event back on its way, once, and keeps who did it (promise 8): `replay` when the cause of the parking is gone,
 * or observe mode is over; `release` past the volume limit; `settle-done` and `settle-not-done` once an operator has seen
 * in the CRM whether the unanswered call took effect.
 */
export async function operate(eventId: string, action: OperatorAction, deps: OperatorDeps): Promise<ActionResult> {
  const { now, by } = deps;
  return sendOnItsWay(eventId, deps, (record) =>
    isPossible(record, action) ? changeFor(record, action, { at: now(), by }) : undefined,
  );
}

/**
 * Moves an event as an operator has said, and queues it.
 * @param changeOf asked anew where another writer was first; undefined: the record as it is now does not allow it.
 */
export async function sendOnItsWay(
  eventId: string,
  { ledger, queue, now }: Omit<OperatorDeps, 'by'>,
  changeOf: (record: EventRecord) => Change | undefined,
): Promise<ActionResult> {
  const found = { isPossible: false };
  const stored = await ledger.events.update(eventId, (record) => {
    const change = changeOf(record);
    found.isPossible = change !== undefined;
    return change && transition(record, change, { now: now(), timing: DEFAULT_TIMING });
  });
  if (!stored) return 'no-such-event';
  if (!found.isPossible) return 'not-possible';
  // Should this fail, the event stands in the open list and reconcile queues it.
  await queue.send({ tenant: ledger.tenant, eventId });
  return 'queued';
}

/** What is of use to an event as it is: what is over is replayed only where something may be left to do. */
export function usefulActions(record: EventRecord): OperatorAction[] {
  const isOver = isFinal(record.state) && !['unlinked', 'observed'].includes(listOfRecord(record));
  return isOver ? [] : operatorActionsOf(record.state).filter((action) => isPossible(record, action));
}

/** What the record allows, beyond its state: settling only an open call. */
function isPossible(record: EventRecord, action: OperatorAction): boolean {
  if (record.erased || !operatorActionsOf(record.state).includes(action)) return false;
  if (!isSettling(action)) return true;
  // A step of an undo that the CRM refuses may be done by hand: its contacts stay locked until it is.
  return progressOf(record)?.sent === true || (record.undo !== undefined && progressOf(record) !== undefined);
}

export const isSettling = (action: OperatorAction): boolean => action === 'settle-done' || action === 'settle-not-done';

function changeFor(record: EventRecord, action: OperatorAction, { at, by }: { at: number; by: string }): Change {
  const operatorActions = [...(record.operatorActions ?? []), { at, by, action }];
  if (action === 'release') return { on: 'release', released: true, operatorActions };
  const progress = progressOf(record);
  if (isSettling(action) && progress) return { on: 'settle', progress: settled(progress, action), operatorActions };
  const despiteUndo = hasReason(record, 'undone-by-operator') && { despiteUndo: true as const };
  return { on: replayOf(record), operatorActions, ...despiteUndo };
}

/** One that is over is planned anew: what its contacts have in the CRM by now is merged, what is done stays done. */
function replayOf(record: EventRecord): 'replay' | 'replay-observed' | 'replay-unlinked' {
  if (listOfRecord(record) === 'observed') return 'replay-observed';
  return record.state === 'skipped' || record.state === 'applied' ? 'replay-unlinked' : 'replay';
}

function settled(progress: Progress, action: OperatorAction): Progress {
  if (action === 'settle-not-done') return { ...progress, sent: false };
  return { ...progress, sent: false, attempts: 0, step: progress.step + 1 };
}
