import { inParallel } from '../../in-parallel.ts';
import { ALL_LISTS, type EventList, listOf } from '../../ledger/event-states.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { readRecords } from '../../ledger/read-records.ts';
import { type Count, counted, idsOf, MAX_COUNTED, readWaiting, type Waiting } from '../../ledger/what-waits.ts';

export interface HourOfEvents {
  /** When it begins, milliseconds since 1970. */
  from: number;
  counts: Partial<Record<EventList, number>>;
}

export interface Overview extends Waiting {
  open: Count;
  hours: HourOfEvents[];
  isChartCut: boolean;
  lastCallback: number | undefined;
  lastSuccess: number | undefined;
}

const HOUR = 3_600_000;
const HOURS = 24;
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
