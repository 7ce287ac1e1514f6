import { eventsOfContact } from '../console/read/events-of-contact.ts';
import { fitsReasonAndTime } from '../console/read/find-events.ts';
import { newestFirst, type Position, placeOf, recordsNewestFirst } from '../console/read/newest-first.ts';
import { inParallel } from '../in-parallel.ts';
import { type EventRecord, listOfRecord } from '../ledger/event-record.ts';
import { ALL_LISTS, ALL_STATES, type EventList, type EventState, listsOf } from '../ledger/event-states.ts';
import type { EventLedger, Ledger } from '../ledger/ledger.ts';
import { FAR_AHEAD_MS, MAX_LISTED, readEach } from './listed-events.ts';

/** A state, a list that takes in several, or every event. */
export type Chosen = EventState | EventList | 'all';

export const CHOICES: Chosen[] = [...new Set<Chosen>(['parked', 'held', 'open', ...ALL_LISTS, ...ALL_STATES, 'all'])];

/** Which events `events` lists; each part left out does not filter. */
export interface Selection {
  chosen: Chosen;
  /** A reason's name, or with what stands behind the colon. */
  reason?: string;
  /** Received from and to; milliseconds since 1970, both ends included. */
  since?: number;
  until?: number;
  contact?: string;
}

export interface Selected {
  records: EventRecord[];
  /** How many there are in all; of a longer list than is looked at, so many. */
  total: number;
  isMore: boolean;
  /** Others stand behind those that are shown. */
  goesOn: boolean;
}

export interface Range {
  /** Only events behind this place in their order. */
  from?: Position | undefined;
  limit: number;
  now: number;
}

const isState = (chosen: Chosen): chosen is EventState => ALL_STATES.some((state) => state === chosen);
const isList = (chosen: Chosen): chosen is EventList => ALL_LISTS.some((list) => list === chosen);

const listsFor = (chosen: Chosen): EventList[] =>
  chosen === 'all' ? ALL_LISTS : isState(chosen) ? listsOf(chosen) : [chosen];

const DONE: Chosen[] = ['applied', 'skipped', 'ignored', 'all'];

/** What waits is worked off from the oldest on; of what is over, the latest is of interest. */
export const isNewestFirst = ({ chosen, contact }: Selection): boolean =>
  contact !== undefined || DONE.includes(chosen);

/** Whether it is one of those that were asked for, as far as the record says. */
export function fits(record: EventRecord, { chosen, until = Infinity, ...asked }: Selection): boolean {
  if (isState(chosen) ? record.state !== chosen : isList(chosen) && listOfRecord(record) !== chosen) return false;
  return fitsReasonAndTime(record, { ...asked, until: until + 1 });
}

/** Every event of this list is one that was asked for, as far as the list says. */
function isSure(list: EventList, { chosen, reason }: Selection): boolean {
  if (list === 'open' || reason !== undefined) return false;
  return !isState(chosen) || ALL_STATES.every((state) => state === chosen || !listsOf(state).includes(list));
}

interface Place extends Position {
  record?: EventRecord;
}

/** A page of the events that were asked for, in their order, and how many there are. */
export async function selectEvents(ledger: Ledger, selection: Selection, range: Range): Promise<Selected> {
  const lists = selection.contact === undefined ? listsFor(selection.chosen) : [];
  const found = await inParallel(lists, (list) => placesIn(ledger, list, selection, range.now));
  const named = selection.contact === undefined ? [] : await eventsOfContact(ledger, selection.contact);
  const places = [...found.flatMap((one) => one.places), ...placesOf(named, selection)];
  const order = isNewestFirst(selection) ? newestFirst : (a: Position, b: Position) => newestFirst(b, a);
  const all = [...new Map(places.map((place) => [place.id, place])).values()].sort(order);
  const { from, limit } = range;
  const behind = from === undefined ? all : all.filter((place) => order(from, place) < 0 && place.id !== from.id);
  const records = await recordsAt(ledger, behind.slice(0, limit), selection);
  const isMore = found.some((one) => one.isMore);
  return { records, total: all.length, isMore, goesOn: behind.length > limit };
}

const placesOf = (records: EventRecord[], selection: Selection): Place[] =>
  records.filter((record) => fits(record, selection)).map((record) => ({ ...placeOf(record), record }));

async function placesIn(ledger: EventLedger, list: EventList, selection: Selection, now: number) {
  const { since, until = now + FAR_AHEAD_MS } = list === 'open' ? {} : selection;
  const range = { before: until, ...(since !== undefined && { after: since }), limit: MAX_LISTED + 1 };
  const newest = { newestFirst: isNewestFirst(selection) };
  const entries = await ledger.events.listed(list, { ...range, ...newest });
  const places: Place[] = isSure(list, selection)
    ? entries
    : placesOf(
        await readEach(
          ledger,
          entries.map(({ id }) => id),
        ),
        selection,
      );
  return { places, isMore: entries.length > MAX_LISTED };
}

/** As they are now. A list lags behind them: an event that has left it meanwhile is left out. */
async function recordsAt(ledger: EventLedger, places: Place[], selection: Selection): Promise<EventRecord[]> {
  const records = await inParallel(places, async ({ id, record }) => record ?? (await ledger.events.read(id))?.value);
  return records.flatMap((record) => (record && fits(record, selection) ? [record] : []));
}

const MAX_LOOKED_AT = 1_000;

/** The latest events that were asked for, oldest first; of those that came lately. */
export async function latestEvents(ledger: EventLedger, selection: Selection, count: number): Promise<EventRecord[]> {
  const search = { lists: listsFor(selection.chosen), from: { at: Number.MAX_SAFE_INTEGER, id: '' }, since: 0 };
  const records: EventRecord[] = [];
  let looked = 0;
  for await (const record of recordsNewestFirst(ledger, search)) {
    if (records.length >= count || looked++ === MAX_LOOKED_AT) break;
    if (fits(record, selection)) records.push(record);
  }
  return records.reverse();
}
