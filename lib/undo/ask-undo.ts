import type { EventRecord } from '../ledger/event-record.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { DEFAULT_TIMING } from '../ledger/timing.ts';
import type { Change } from '../ledger/transitions.ts';
import type { Now, Queue } from '../ports.ts';
import { type ActionResult, sendOnItsWay } from '../recovery/operator-actions.ts';
import type { UndoProposal } from './prepare-undo.ts';

export interface AskDeps {
  ledger: Ledger;
  queue: Queue;
  now: Now;
  /** The operator's name; kept with the event. */
  by: string;
}

/**
 * Hands a proposal over to the workers: the plan is stored as it was shown, then the event goes on its way. Of two
 * operators one is told that it is not possible.
 */
export async function askUndo({ eventId, plan }: UndoProposal, deps: AskDeps): Promise<ActionResult> {
  const { ledger, now, by } = deps;
  const record = (await ledger.events.read(eventId))?.value;
  if (!record) return 'no-such-event';
  const expiresAt = now() + DEFAULT_TIMING.journalMs;
  let number = (record.undos ?? 0) + 1;
  // A request that was cut off may have left a plan behind.
  while (!(await ledger.undoPlans.store(eventId, { ...plan, number, by }, expiresAt))) number += 1;
  const result = await sendOnItsWay(eventId, deps, (found) => changeOf(found, number, record.undos, { at: now(), by }));
  // Erased by an operator meanwhile: no undo of it is possible any more.
  if (result === 'not-possible' && (await ledger.events.read(eventId))?.value.erased)
    await ledger.undoPlans.erase(eventId, expiresAt);
  return result;
}

function changeOf(
  record: EventRecord,
  number: number,
  undosBefore: number | undefined,
  { at, by }: { at: number; by: string },
): Change | undefined {
  if (record.state !== 'applied' || record.erased || record.reason === 'undone' || record.undos !== undosBefore)
    return undefined;
  const operatorActions = [...(record.operatorActions ?? []), { at, by, action: 'undo' as const }];
  return { on: 'ask-undo', undo: number, undos: number, operatorActions };
}
