import { type EnvelopeKeys, pairId } from '../dustess/envelope-keys.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { Log } from '../log.ts';
import type { Now } from '../ports.ts';

const HOUR_MS = 3_600_000;
const KEPT_MS = 90 * 24 * HOUR_MS;

/** The last hour noted for a pair; gone with the settings it stands in. */
const noted = new WeakMap<EnvelopeKeys, number>();

/**
 * Notes, once an hour, that a pair which has an end is still used: one write beside those of the event. The callback is
 * accepted whether it is noted or not.
 */
export async function noteKeyUse(
  { tenant, keyUses }: EventLedger,
  keys: EnvelopeKeys,
  { now, log }: { now: Now; log: Log },
): Promise<void> {
  const hour = Math.floor(now() / HOUR_MS) * HOUR_MS;
  if (noted.get(keys) === hour) return;
  try {
    await keyUses.note(pairId(keys), hour, now() + KEPT_MS);
    noted.set(keys, hour);
  } catch (error) {
    log.warn('use of an ending key pair not noted', {
      tenant,
      problem: error instanceof Error ? error.message : 'unknown',
    });
  }
}
