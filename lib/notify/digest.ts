import { inParallel } from '../in-parallel.ts';
import { ALL_LISTS, type EventList } from '../ledger/event-states.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import { type Count, counted, readWaiting, type WaitingGroup } from '../ledger/what-waits.ts';
import type { Day } from './time-words.ts';

/** A tenant's day: counts, reasons and ages, no event's id and no contact. */
export interface TenantDigest {
  tenant: string;
  /** Events that came on the day, by the list they stand in now; of a list at most `MAX_OF_A_LIST`. */
  came: Partial<Record<EventList, Count>>;
  /** Events on their way now, whenever they came. */
  open: Count;
  /** What waits for a person now. */
  waiting: WaitingGroup[];
}

export const MAX_OF_A_LIST = 10_000;
const OVER: EventList[] = ALL_LISTS.filter((list) => list !== 'open');

/** What a day was like, for each tenant. @param ledger a tenant's part of the events table */
export async function readDigest(tenants: string[], ledger: (tenant: string) => EventLedger, day: Day) {
  const digests: TenantDigest[] = [];
  for (const tenant of tenants) digests.push(await readTenant(ledger(tenant), day));
  return digests;
}

async function readTenant(ledger: EventLedger, { from, to }: Day): Promise<TenantDigest> {
  const { waiting } = await readWaiting(ledger);
  const range = { after: from, before: to - 1, limit: MAX_OF_A_LIST + 1 };
  const came = await inParallel(
    OVER,
    async (list) => [list, counted(await ledger.events.listed(list, range), MAX_OF_A_LIST)] as const,
  );
  const open = await ledger.events.listed('open', { before: Number.MAX_SAFE_INTEGER, limit: MAX_OF_A_LIST + 1 });
  const some = came.filter(([, { count }]) => count > 0);
  return { tenant: ledger.tenant, came: Object.fromEntries(some), open: counted(open, MAX_OF_A_LIST), waiting };
}
