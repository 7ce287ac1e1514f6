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

export interface Waiting {
  waiting: WaitingGroup[];
  /** A list was longer than is counted. */
  isWaitingCut: boolean;
  /** Events that met contacts which the CRM did not know. */
  unlinked: Count;
}

export interface Overview extends Waiting {
  open: Count;
  hours: HourOfEvents[];
  isChartCut: boolean;
  lastCallback: number | undefined;
  lastSuccess: number | undefined;
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
  const [waiting, open, chart, newestEnded] = await Promise.all([
    readWaiting(ledger),
    openEvents(ledger),
    chartOf(ledger, start),
    inParallel(ENDED, (list) => ledger.events.listed(list, newest(1))),
  ]);
  const arrived = [...newestEnded.flat().map(({ at }) => at), ...open.records.map(({ receivedAt }) => receivedAt)];
  return {
    ...waiting,
    ...chart,
    open: open.count,
    lastCallback: arrived.length > 0 ? Math.max(...arrived) : undefined,
    lastSuccess: newestEnded[ENDED.indexOf('applied')]?.[0]?.at,
  };
}

const newest = (limit: number) => ({ before: Number.MAX_SAFE_INTEGER, limit, newestFirst: true });
const counted = ({ length }: unknown[]): Count => ({
  count: Math.min(length, MAX_COUNTED),
  isMore: length > MAX_COUNTED,
});
const idsOf = (entries: Listed[]) => entries.slice(0, MAX_COUNTED).map(({ id }) => id);

/** What waits for a person, grouped by why. */
export async function readWaiting(ledger: Ledger): Promise<Waiting> {
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
