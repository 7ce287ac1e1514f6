import type { DocumentKey } from '../../ports.ts';
import type { Work } from '../claim.ts';
import type { MergePolicy } from '../policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Promise 9: counts the contacts an event merges away against the tenant's hour and the survivor's day. An event is
 * never cut in two: past the tenant's limit it is held whole; the survivor's only holds what comes after it was used up,
 * for one large merge of duplicates is nothing unusual. Held events count too.
 * A crash between count and plan counts twice: the breaker may close early, never late.
 * @returns why the event is held, or undefined.
 */
export async function checkVolumeLimit(work: Work, survivor: string, merges: number, limits: MergePolicy['limits']) {
  if (merges === 0 || work.record.released || work.record.counted) return undefined;
  const hour = await countUp(work, { id: 'tenant', windowMs: HOUR_MS, merges });
  const day = await countUp(work, { id: `survivor#${survivor}`, windowMs: DAY_MS, merges });
  if (hour > limits.mergesPerHour) return 'tenant-hour-limit';
  return day - merges >= limits.mergesPerSurvivorPerDay ? 'survivor-day-limit' : undefined;
}

function countUp(work: Work, counter: { id: string; windowMs: number; merges: number }): Promise<number> {
  const window = Math.floor(work.now() / counter.windowMs);
  const key: DocumentKey = { tenant: work.tenant, kind: 'counter', id: counter.id, sort: String(window) };
  return work.ledger.add(key, counter.merges, (window + 2) * counter.windowMs);
}
