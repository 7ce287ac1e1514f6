import { batchesOf } from '../../batches.ts';
import { inParallel } from '../../in-parallel.ts';
import type { EventRecord } from '../../ledger/event-record.ts';
import type { EventList } from '../../ledger/event-states.ts';
import type { EventLedger } from '../../ledger/ledger.ts';
import { RECORDS_AT_ONCE, readRecords } from '../../ledger/read-records.ts';
import type { Listed } from '../../ports.ts';

/** A place in the order of events: newest first, and of one millisecond by id. */
export interface Position {
  /** Milliseconds since 1970. */
  at: number;
  id: string;
}

const isAfter = (a: Position, b: Position) => a.at < b.at || (a.at === b.at && a.id < b.id);
export const newestFirst = (a: Position, b: Position) => (isAfter(a, b) ? 1 : -1);

/** Open events stand under another time than the one they came: so many of them are put in order. */
export const MAX_OPEN = 2_000;
const CHUNK = 200;

export interface Search {
  lists: EventList[];
  /** Only events behind this place. */
  from: Position;
  /** Received at this time or later, milliseconds since 1970. */
  since: number;
}

/** Records of the lists in the order of their times, read as they are asked for. A list lags behind: each event once. */
export async function* recordsNewestFirst(ledger: EventLedger, search: Search): AsyncGenerator<EventRecord> {
  const open = search.lists.includes('open') ? await openRecords(ledger, search) : [];
  const seen = new Set<string>();
  for await (const record of merged(open, closedRecords(ledger, search)))
    if (!seen.has(record.eventId)) {
      seen.add(record.eventId);
      yield record;
    }
}

export const placeOf = ({ receivedAt, eventId }: EventRecord): Position => ({ at: receivedAt, id: eventId });

/** Two rows in order become one. */
async function* merged(left: EventRecord[], right: AsyncGenerator<EventRecord>): AsyncGenerator<EventRecord> {
  let index = 0;
  for await (const record of right) {
    for (let next = left[index]; next && newestFirst(placeOf(next), placeOf(record)) < 0; next = left[index]) {
      yield next;
      index += 1;
    }
    yield record;
  }
  yield* left.slice(index);
}

async function openRecords(ledger: EventLedger, { from, since }: Search): Promise<EventRecord[]> {
  const range = { before: Number.MAX_SAFE_INTEGER, limit: MAX_OPEN, newestFirst: true };
  const records = await readRecords(
    ledger,
    (await ledger.events.listed('open', range)).map(({ id }) => id),
  );
  const fits = (record: EventRecord) => record.receivedAt >= since && isAfter(placeOf(record), from);
  return records.filter(fits).sort((a, b) => newestFirst(placeOf(a), placeOf(b)));
}

async function* closedRecords(ledger: EventLedger, search: Search): AsyncGenerator<EventRecord> {
  for (let from = search.from, size = CHUNK; ; ) {
    const { entries, isLast } = await nextEntries(ledger, { ...search, from }, size);
    for (const some of batchesOf(entries, RECORDS_AT_ONCE))
      yield* await readRecords(
        ledger,
        some.map(({ id }) => id),
      );
    if (isLast) return;
    size = entries.length === 0 ? size * 10 : CHUNK; // More events of one millisecond than were asked for.
    from = entries.at(-1) ?? from;
  }
}

/** Entries of all lists down to the time that the shortest answer reaches: below it, others may still be missing. */
async function nextEntries(ledger: EventLedger, { lists, from, since }: Search, size: number) {
  const range = { before: from.at, after: since, limit: size, newestFirst: true };
  const closed = lists.filter((list) => list !== 'open');
  const answers = await inParallel(closed, (list) => ledger.events.listed(list, range));
  const ends = answers.filter(({ length }) => length === size).map((answer) => (answer.at(-1) as Listed).at);
  const reach = Math.max(-1, ...ends);
  const entries = answers.flat().filter((entry) => entry.at > reach && isAfter(entry, from));
  return { entries: entries.sort(newestFirst), isLast: ends.length === 0 };
}
