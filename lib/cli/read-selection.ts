import { ALL_STATES } from '../ledger/event-states.ts';
import { UsageError } from './exit.ts';
import { checkReason, listOfReason, stateOfReason } from './known-reason.ts';
import type { Moment } from './moments.ts';
import type { Chosen, Selection } from './select-events.ts';

/** Which events an operator asks for, as the options say it. */
export interface Asked {
  state?: Chosen;
  reason?: string;
  since?: Moment;
  until?: Moment;
  contact?: string;
}

/** @throws UsageError for what no event can have */
export function selectionOf({ state, reason, since, until, contact }: Asked): Selection {
  if (since && until && since.from > until.to)
    throw new UsageError('--since is later than --until: no event can lie between');
  const chosen = state ?? chosenFor(reason, contact);
  const isWholeList = reason !== undefined && listOfReason(reason) === chosen;
  if (reason !== undefined && !isWholeList) checkChosen(reason, chosen);
  return {
    chosen,
    ...(reason !== undefined && !isWholeList && { reason }),
    ...(since && { since: since.from }),
    ...(until && { until: until.to }),
    ...(contact !== undefined && { contact }),
  };
}

function chosenFor(reason: string | undefined, contact: string | undefined): Chosen {
  if (reason !== undefined) return listOfReason(reason) ?? stateOfReason(reason);
  return contact === undefined ? 'parked' : 'all';
}

function checkChosen(reason: string, chosen: Chosen): void {
  const state = ALL_STATES.find((one) => one === chosen);
  if (state) checkReason(reason, state);
  else stateOfReason(reason);
}
