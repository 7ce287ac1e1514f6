import { inParallel } from '../in-parallel.ts';
import type { Listed } from '../ports.ts';
import { type EventRecord, listOfRecord } from './event-record.ts';
import type { EventList } from './event-states.ts';
import type { EventLedger } from './ledger.ts';
import { readRecords } from './read-records.ts';

/** Lists of events that are a person's to decide about; `unlinked` and `observed` wait for no decision now. */
export const WAITING_LISTS = ['parked', 'held', 'unlinked', 'observed'] as const satisfies EventList[];
export type WaitingList = (typeof WAITING_LISTS)[number];

/** Events that wait for a person for one reason. */
export interface WaitingGroup {
  list: WaitingList;
  /** As stored; empty where the list itself says why. */
  reason: string;
  count: number;
  /** When the oldest of them was received, milliseconds since 1970. */
  since: number;
}

export interface Waiting {
  waiting: WaitingGroup[];
  /** A list was longer than is counted. */
  isWaitingCut: boolean;
  /** Events that met contacts which the CRM did not know. */
  unlinked: Count;
}

export interface Count {
  count: number;
  /** There are more than were counted. */
  isMore: boolean;
}

/** So many of a list are counted, the oldest first. */
export const MAX_COUNTED = 1_000;

/** @param most so many are counted: the entries are one more where there are more. */
export const counted = ({ length }: unknown[], most = MAX_COUNTED): Count => ({
  count: Math.min(length, most),
  isMore: length > most,
});
export const idsOf = (entries: Listed[]) => entries.slice(0, MAX_COUNTED).map(({ id }) => id);

/** What waits for a person, grouped by why. */
export async function readWaiting(ledger: EventLedger): Promise<Waiting> {
  const range = { before: Number.MAX_SAFE_INTEGER, limit: MAX_COUNTED + 1 };
  const entries = await inParallel([...WAITING_LISTS], (list) => ledger.events.listed(list, range));
  const records = await readRecords(ledger, entries.flatMap(idsOf));
  return {
    waiting: groupsOf(records),
    isWaitingCut: entries.some(({ length }) => length > MAX_COUNTED),
    unlinked: counted(entries[WAITING_LISTS.indexOf('unlinked')] ?? []),
  };
}

/** By list and reason; in the order of the lists, the oldest of one first, for it has waited longest. */
function groupsOf(records: EventRecord[]): WaitingGroup[] {
  const groups = new Map<string, WaitingGroup>();
  for (const record of records) {
    const list = WAITING_LISTS.find((one) => one === listOfRecord(record));
    if (!list) continue;
    const reason = isToDecide(list) ? (record.reason ?? '') : '';
    const known = groups.get(`${list} ${reason}`) ?? { list, reason, count: 0, since: record.receivedAt };
    const since = Math.min(known.since, record.receivedAt);
    groups.set(`${list} ${reason}`, { ...known, count: known.count + 1, since });
  }
  const rank = ({ list }: WaitingGroup) => WAITING_LISTS.indexOf(list);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || a.since - b.since);
}

/** What asks for a decision now: the page and the command put it first, in this order. */
export const forAPerson = ({ waiting }: Pick<Waiting, 'waiting'>): WaitingGroup[] =>
  waiting.filter(({ list }) => isToDecide(list));

const isToDecide = (list: WaitingList) => list === 'parked' || list === 'held';
