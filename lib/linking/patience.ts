import { CrmError } from '../errors.ts';
import type { Now } from '../ports.ts';

export interface Patience {
  now: Now;
  sleep: (ms: number) => Promise<void>;
}

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
const MAX_TRIES_IN_A_ROW = 10; // Some six minutes: what lasts longer is for a person to look at, and to resume.

/**
 * Makes a call again where the CRM says that nothing happened and time will help, as long as that takes where it names
 * a time. @throws CrmError for everything else, and when ten tries in a row have not helped.
 */
export async function patiently<T>({ now, sleep }: Patience, call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      const waitMs = error instanceof CrmError ? waitOf(error, tries, now) : undefined;
      if (waitMs === undefined) throw error;
      await sleep(waitMs);
    }
  }
}

function waitOf({ kind, retryAt }: CrmError, tries: number, now: Now): number | undefined {
  if (kind === 'retry-after' && retryAt !== undefined) return Math.max(0, retryAt - now());
  if (kind !== 'retry-soon' || tries >= MAX_TRIES_IN_A_ROW) return undefined;
  return Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), MAX_PAUSE_MS);
}
