import { type EventRecord, hasReason } from '../../ledger/event-record.ts';
import { ALL_STATES, type EventState, listsOf } from '../../ledger/event-states.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { eventsOfContact } from './events-of-contact.ts';
import { newestFirst, type Position, placeOf, recordsNewestFirst } from './newest-first.ts';

/** What a page of events is asked for; each part left out does not filter. */
export interface EventFilter {
  states: EventState[];
  /** A reason's name, or with what stands behind the colon. */
  reason?: string;
  /** Received from, and before; milliseconds since 1970. */
  since?: number;
  until?: number;
  contact?: string;
}

export interface EventPage {
  records: EventRecord[];
  /** Where the next page begins, where there may be one. */
  next?: Position;
  /** So many events were looked at without enough that fit: the search goes on from `next`. */
  isCutShort: boolean;
}

const MAX_LOOKED_AT = 3_000;

const fits = (record: EventRecord, { states, ...filter }: EventFilter): boolean =>
  (states.length === 0 || states.includes(record.state)) && fitsReasonAndTime(record, filter);

/** Whether an event has this reason and was received in this time, as far as either is asked for. */
export function fitsReasonAndTime(
  record: EventRecord,
  { reason, since = 0, until }: Pick<EventFilter, 'reason' | 'since' | 'until'>,
): boolean {
  if (reason !== undefined && !hasReason(record, reason)) return false;
  return record.receivedAt >= since && (until === undefined || record.receivedAt < until);
}

/** Events that fit, newest first. @param from the place that the page before named. */
export async function findEvents(
  ledger: Ledger,
  filter: EventFilter,
  { from, limit }: { from?: Position | undefined; limit: number },
): Promise<EventPage> {
  const start = from ?? { at: filter.until ?? Number.MAX_SAFE_INTEGER, id: '' };
  if (filter.contact !== undefined) return pageOf(await eventsOfContact(ledger, filter.contact), filter, start, limit);
  const states = filter.states.length > 0 ? filter.states : ALL_STATES;
  const search = { lists: [...new Set(states.flatMap(listsOf))], from: start, since: filter.since ?? 0 };
  const records: EventRecord[] = [];
  let looked = 0;
  for await (const record of recordsNewestFirst(ledger, search)) {
    if (fits(record, filter)) records.push(record);
    looked += 1;
    if (records.length === limit || looked === MAX_LOOKED_AT)
      return { records, next: placeOf(record), isCutShort: records.length < limit };
  }
  return { records, isCutShort: false };
}

function pageOf(all: EventRecord[], filter: EventFilter, from: Position, limit: number): EventPage {
  const fitting = all.filter((record) => fits(record, filter)).filter((one) => newestFirst(from, placeOf(one)) < 0);
  const records = fitting.sort((a, b) => newestFirst(placeOf(a), placeOf(b))).slice(0, limit);
  const last = records.at(-1);
  return { records, isCutShort: false, ...(last && fitting.length > limit && { next: placeOf(last) }) };
}
