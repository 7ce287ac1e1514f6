import { inParallel } from '../in-parallel.ts';
import { type EventRecord, listOfRecord } from '../ledger/event-record.ts';
import { ALL_LISTS, type EventList } from '../ledger/event-states.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import { readRecords } from '../ledger/read-records.ts';
import { WAITING_LISTS } from '../ledger/what-waits.ts';
import type { Listed } from '../ports.ts';

/** Lists that events leave: what is gone from one is looked up, wherever it went. */
const LEFT: EventList[] = ['open', ...WAITING_LISTS];
const MAX_LISTED = 1_000;

interface Look {
  /** The list of each event. */
  lists: Map<string, EventList>;
  /** How far back each list was read, where it is longer; milliseconds since 1970. */
  reach: Map<EventList, number>;
}

/** Tells which events have come, or have come to another list, since it looked last. */
export interface Follower {
  /** @returns their records as they are now, the one that changed first in front. @throws StoreError, and forgets nothing */
  look(): Promise<EventRecord[]>;
}

/** Reads the newest thousand of each list from its index, and only the records of events that moved. */
export async function createFollower(ledger: EventLedger): Promise<Follower> {
  let before = (await readLists(ledger)).look;
  return {
    async look() {
      const { look, entries } = await readLists(ledger);
      const moved = entries.filter((entry) => isNews(entry, before)).map(({ id }) => id);
      const gone = [...before.lists].filter(([id, list]) => LEFT.includes(list) && !look.lists.has(id));
      const records = await readRecords(ledger, [...new Set([...moved, ...gone.map(([id]) => id)])]);
      const changed = records.filter((record) => listOfRecord(record) !== before.lists.get(record.eventId));
      // An index lags behind: what the record says counts.
      for (const record of records) look.lists.set(record.eventId, listOfRecord(record));
      before = look;
      return changed.sort((a, b) => a.updatedAt - b.updatedAt);
    },
  };
}

interface Entry extends Listed {
  list: EventList;
}

async function readLists(ledger: EventLedger): Promise<{ look: Look; entries: Entry[] }> {
  const range = { before: Number.MAX_SAFE_INTEGER, limit: MAX_LISTED, newestFirst: true };
  const found = await inParallel(ALL_LISTS, (list) => ledger.events.listed(list, range));
  const entries = found.flatMap((one, index) =>
    one.map((entry) => ({ ...entry, list: ALL_LISTS[index] as EventList })),
  );
  const full = found.flatMap((one, index): [EventList, number][] =>
    one.length === MAX_LISTED ? [[ALL_LISTS[index] as EventList, one.at(-1)?.at ?? 0]] : [],
  );
  return { look: { lists: new Map(entries.map(({ id, list }) => [id, list])), reach: new Map(full) }, entries };
}

/** What is older than was read before has only come into sight: a newer event has left the list. */
const isNews = ({ id, list, at }: Entry, { lists, reach }: Look): boolean =>
  lists.has(id) ? lists.get(id) !== list : at >= (reach.get(list) ?? 0);
