import { batchesOf } from '../batches.ts';
import { inParallel } from '../in-parallel.ts';
import { type EventRecord, listOfRecord } from '../ledger/event-record.ts';
import type { EventList } from '../ledger/event-states.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { Io } from './io.ts';
import type { Service } from './service-options.ts';

/** As many events of a list are looked at to be shown. */
export const MAX_LISTED = 100_000;

/** Open events stand under the time when reconcile looks at them: that may lie ahead. */
export const FAR_AHEAD_MS = 400 * 86_400_000;

/** All events of a list, oldest first. */
export async function listedIds({ ledger }: Service, list: EventList, { now }: Pick<Io, 'now'>): Promise<string[]> {
  const range = { before: now() + FAR_AHEAD_MS, limit: Number.MAX_SAFE_INTEGER };
  return (await ledger.events.listed(list, range)).map(({ id }) => id);
}

/** Their records as they are now. The list lags behind them: an event that has left it meanwhile is left out. */
export async function readEvents({ ledger }: Service, list: EventList, ids: string[]): Promise<EventRecord[]> {
  return (await readEach(ledger, ids)).filter((record) => listOfRecord(record) === list);
}

const READ_AT_ONCE = 1_000; // Records that do not fit are not kept.

/** The events of a whole list whose records fit as they are now, oldest first. */
export async function selectListed(
  service: Service,
  list: EventList,
  fits: (record: EventRecord) => boolean,
  io: Pick<Io, 'now'>,
): Promise<string[]> {
  const fitting: string[] = [];
  for (const ids of batchesOf(await listedIds(service, list, io), READ_AT_ONCE))
    fitting.push(...(await readEvents(service, list, ids)).filter(fits).map(({ eventId }) => eventId));
  return fitting;
}

/** The records of these events, each by a request of its own: the commands need no right to read batches. */
export async function readEach(ledger: EventLedger, ids: string[]): Promise<EventRecord[]> {
  const found = await inParallel(ids, (id) => ledger.events.read(id));
  return found.flatMap((stored) => (stored ? [stored.value] : []));
}
