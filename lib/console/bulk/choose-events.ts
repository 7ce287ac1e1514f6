import { type EventRecord, hasReason, listOfRecord } from '../../ledger/event-record.ts';
import type { EventList, OperatorAction } from '../../ledger/event-states.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { readRecords } from '../../ledger/read-records.ts';
import { usefulActions } from '../../recovery/operator-actions.ts';

/** Which events a bulk action is for: picked by hand, or all of a list with a reason; an empty one takes them all. */
export type Choice = { ids: string[] } | { list: EventList; reason: string };

export interface BulkPlan {
  action: OperatorAction;
  /** Oldest first, as they are worked off. */
  possible: EventRecord[];
  /** The action is not possible in their state. */
  impossible: EventRecord[];
  isCut: boolean;
}

/** As many are taken at once. */
export const MAX_BULK = 10_000;

/** What an action would do, as the events are now. */
export async function planBulk(ledger: Ledger, choice: Choice, action: OperatorAction): Promise<BulkPlan> {
  const { ids, isCut } =
    'ids' in choice ? { ids: choice.ids.slice(0, MAX_BULK), isCut: false } : await listed(ledger, choice);
  const read = await readRecords(ledger, ids);
  const records = 'ids' in choice ? read : read.filter((record) => isOf(record, choice));
  const isPossible = (record: EventRecord) => usefulActions(record).includes(action);
  return {
    action,
    possible: records.filter(isPossible).sort((a, b) => a.receivedAt - b.receivedAt),
    impossible: records.filter((record) => !isPossible(record)),
    isCut,
  };
}

const isOf = (record: EventRecord, { list, reason }: { list: EventList; reason: string }) =>
  listOfRecord(record) === list && (reason === '' || hasReason(record, reason));

async function listed(ledger: Ledger, { list }: { list: EventList }) {
  const entries = await ledger.events.listed(list, { before: Number.MAX_SAFE_INTEGER, limit: MAX_BULK + 1 });
  return { ids: entries.slice(0, MAX_BULK).map(({ id }) => id), isCut: entries.length > MAX_BULK };
}
