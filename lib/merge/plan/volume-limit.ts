import type { Contact } from '../../ledger/contacts.ts';
import type { Counters } from '../../ledger/counters.ts';
import type { ReasonOf } from '../../ledger/reasons.ts';
import type { MergePolicy } from '../policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What an event merges away, into whom, and when (milliseconds since 1970). */
export interface Volume {
  survivor: Contact;
  merges: number;
  now: number;
}

/**
 * Promise 9: counts the contacts an event merges away against the tenant's hour, and looks at what the survivor's day
 * has seen. An event is never cut in two: past the tenant's limit it is held whole; the survivor's limit only holds what
 * comes after it was used up, for one large merge of duplicates is nothing unusual. The tenant's hour counts held events
 * too. A crash between count and plan counts twice: the limit may be reached early, never late.
 * @returns why the event is held, or undefined.
 */
export async function checkVolumeLimit(
  counters: Counters,
  { survivor, merges, now }: Volume,
  limits: MergePolicy['limits'],
): Promise<ReasonOf<'held'> | undefined> {
  if (merges === 0) return undefined;
  const hour = await counters.add({ id: 'tenant', windowMs: HOUR_MS }, merges, now);
  if (hour > limits.mergesPerHour) return 'tenant-hour-limit';
  return mergedToday(survivor, now) >= limits.mergesPerSurvivorPerDay ? 'survivor-day-limit' : undefined;
}

/** The survivor's count of its day after an event: written when the event leaves its contacts, which were locked till then. */
export function countMerged(survivor: Contact, merges: number, now: number): Pick<Contact, 'mergedAway'> {
  if (merges === 0) return {};
  return { mergedAway: { day: dayOf(now), count: mergedToday(survivor, now) + merges } };
}

function mergedToday({ mergedAway }: Contact, now: number): number {
  return mergedAway?.day === dayOf(now) ? mergedAway.count : 0;
}

const dayOf = (now: number) => Math.floor(now / DAY_MS);
