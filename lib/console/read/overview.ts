import { inParallel } from '../../in-parallel.ts';
import { type EventRecord, listOfRecord } from '../../ledger/event-record.ts';
import { ALL_LISTS, type EventList, listOf } from '../../ledger/event-states.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Listed } from '../../ports.ts';
import { readRecords } from './newest-first.ts';

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

export interface HourOfEvents {
  /** When it begins, milliseconds since 1970. */
  from: number;
  counts: Partial<Record<EventList, number>>;
}

export interface Overview {
  waiting: WaitingGroup[];
  /** A list was longer than is counted. */
  isWaitingCut: boolean;
  open: Count;
  hours: HourOfEvents[];
  isChartCut: boolean;
  lastCallback: number | undefined;
  lastSuccess: number | undefined;
  /** Events that met contacts which the CRM did not know. */
  unlinked: Count;
}

export interface Count {
  count: number;
  /** There are more than were counted. */
  isMore: boolean;
}

const HOUR = 3_600_000;
const HOURS = 24;
const MAX_COUNTED = 1_000;
const MAX_IN_CHART = 20_000;
const ENDED: EventList[] = ALL_LISTS.filter((list) => list !== 'open');

/** What the first page says of a tenant. */
export async function readOverview(ledger: Ledger, now: number): Promise<Overview> {
  const start = Math.floor(now / HOUR) * HOUR - (HOURS - 1) * HOUR;
  const [waiting, open, chart, unlinked] = await Promise.all([
    waitingGroups(ledger),
    openEvents(ledger),
    chartOf(ledger, start),
    ledger.events.listed('unlinked', newest(MAX_COUNTED + 1)),
  ]);
  const [lastClosed, applied] = await Promise.all([newestOf(ledger, ENDED), newestOf(ledger, ['applied'])]);
  const arrived = [lastClosed, ...open.records.map(({ receivedAt }) => receivedAt)].filter((at) => at !== undefined);
  return {
    ...waiting,
    ...chart,
    open: open.count,
    unlinked: counted(unlinked),
    lastCallback: arrived.length > 0 ? Math.max(...arrived) : undefined,
    lastSuccess: applied,
  };
}

const newest = (limit: number) => ({ before: Number.MAX_SAFE_INTEGER, limit, newestFirst: true });
const counted = ({ length }: unknown[]): Count => ({
  count: Math.min(length, MAX_COUNTED),
  isMore: length > MAX_COUNTED,
});
const idsOf = (entries: Listed[]) => entries.slice(0, MAX_COUNTED).map(({ id }) => id);

async function waitingGroups(ledger: Ledger): Promise<Pick<Overview, 'waiting' | 'isWaitingCut'>> {
  const range = { before: Number.MAX_SAFE_INTEGER, limit: MAX_COUNTED + 1 };
  const entries = await inParallel([...WAITING_LISTS], (list) => ledger.events.listed(list, range));
  const records = await readRecords(ledger, entries.flatMap(idsOf));
  return { waiting: groupsOf(records), isWaitingCut: entries.some(({ length }) => length > MAX_COUNTED) };
}

/** By list and reason; in the order of the lists, the oldest of one first, for it has waited longest. */
function groupsOf(records: EventRecord[]): WaitingGroup[] {
  const groups = new Map<string, WaitingGroup>();
  for (const record of records) {
    const list = WAITING_LISTS.find((one) => one === listOfRecord(record));
    if (!list) continue;
    const reason = list === 'parked' || list === 'held' ? (record.reason ?? '') : '';
    const known = groups.get(`${list} ${reason}`) ?? { list, reason, count: 0, since: record.receivedAt };
    const since = Math.min(known.since, record.receivedAt);
    groups.set(`${list} ${reason}`, { ...known, count: known.count + 1, since });
  }
  const rank = ({ list }: WaitingGroup) => WAITING_LISTS.indexOf(list);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || a.since - b.since);
}

async function openEvents(ledger: Ledger) {
  const entries = await ledger.events.listed('open', newest(MAX_COUNTED + 1));
  const records = await readRecords(ledger, idsOf(entries).slice(0, 100));
  return { count: counted(entries), records: records.filter(({ state }) => listOf(state) === 'open') };
}

async function newestOf(ledger: Ledger, lists: EventList[]): Promise<number | undefined> {
  const found = await inParallel(lists, (list) => ledger.events.listed(list, newest(1)));
  const times = found.flat().map(({ at }) => at);
  return times.length > 0 ? Math.max(...times) : undefined;
}

async function chartOf(ledger: Ledger, start: number): Promise<Pick<Overview, 'hours' | 'isChartCut'>> {
  const range = { ...newest(MAX_IN_CHART), after: start };
  const found = await inParallel(ENDED, (list) => ledger.events.listed(list, range));
  const hours = Array.from({ length: HOURS }, (_, index): HourOfEvents => ({ from: start + index * HOUR, counts: {} }));
  ENDED.forEach((list, index) => {
    for (const { at } of found[index] ?? []) {
      const hour = hours[Math.floor((at - start) / HOUR)];
      if (hour) hour.counts[list] = (hour.counts[list] ?? 0) + 1;
    }
  });
  return { hours, isChartCut: found.some(({ length }) => length === MAX_IN_CHART) };
}
