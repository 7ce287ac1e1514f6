import { closestName } from '../closest-name.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { EventList, EventState } from '../ledger/event-states.ts';
import { REASONS } from '../ledger/reason-table.ts';
import { type Reason, type ReasonName, reasonName } from '../ledger/reasons.ts';
import { UsageError } from './exit.ts';
import { printableId } from './printable.ts';

const REASON_NAMES = Object.keys(REASONS) as ReasonName[];

const nameOf = (reason: string): ReasonName | undefined =>
  REASON_NAMES.find((name) => name === reasonName(reason as Reason));

/** The state of events that have this reason. @throws UsageError for an unknown one, naming the nearest */
export function stateOfReason(reason: string): EventState {
  const name = nameOf(reason);
  if (name) return REASONS[name].state;
  throw new UsageError(`no event can have the reason ${printableId(reason)}: ${adviceFor(reason, REASON_NAMES)}`);
}

/** A misspelt reason would match nothing, and look as if all were well. @throws UsageError naming the nearest */
export function checkReason(reason: string, state: EventState): void {
  const known = REASON_NAMES.filter((name) => REASONS[name].state === state);
  if (known.some((name) => name === nameOf(reason))) return;
  throw new UsageError(`no ${state} event can have the reason ${printableId(reason)}: ${adviceFor(reason, known)}`);
}

function adviceFor(reason: string, known: ReasonName[]): string {
  const meant = closestName(reasonName(reason as Reason), known);
  return meant === undefined ? `they are ${known.join(', ')}` : `did you mean ${meant}`;
}

/** The list of the events that are over for this reason, and may be replayed. */
export const listOfReason = (reason: string): EventList | undefined =>
  reason === 'unknown-in-crm' ? 'unlinked' : reason === 'observed' ? 'observed' : undefined;

/** Said where none of a list has the reason that was asked for. */
export function otherReasons(list: EventList, reason: string, records: EventRecord[]): string {
  const reasons = [...new Set(records.map((record) => printableId(record.reason ?? '')))];
  return `no ${list} event has the reason ${printableId(reason)}; theirs are ${reasons.sort().join(', ')}`;
}
