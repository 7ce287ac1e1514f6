import { inParallel } from '../in-parallel.ts';
import { type EventRecord, listOfRecord } from '../ledger/event-record.ts';
import type { EventList } from '../ledger/event-states.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { Io } from './io.ts';
import type { Service } from './service-options.ts';

/** As many events of a list are looked at. */
export const MAX_LISTED = 100_000;

/** Open events stand under the time when reconcile looks at them: that may lie ahead. */
export const FAR_AHEAD_MS = 400 * 86_400_000;

/** The events of a list, oldest first; one more than can be listed where there are more. */
export async function listedIds({ ledger }: Service, list: EventList, { now }: Pick<Io, 'now'>): Promise<string[]> {
  const range = { before: now() + FAR_AHEAD_MS, limit: MAX_LISTED + 1 };
  return (await ledger.events.listed(list, range)).map(({ id }) => id);
}

/** Their records as they are now. The list lags behind them: an event that has left it meanwhile is left out. */
export async function readEvents({ ledger }: Service, list: EventList, ids: string[]): Promise<EventRecord[]> {
  return (await readEach(ledger, ids)).filter((record) => listOfRecord(record) === list);
}

/** The records of these events, each by a request of its own: the commands need no right to read batches. */
export async function readEach(ledger: EventLedger, ids: string[]): Promise<EventRecord[]> {
  const found = await inParallel(ids, (id) => ledger.events.read(id));
  return found.flatMap((stored) => (stored ? [stored.value] : []));
}
