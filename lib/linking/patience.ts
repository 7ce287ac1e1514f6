import { CrmError } from '../errors.ts';
import type { Now } from '../ports.ts';

export interface Patience {
  now: Now;
  sleep: (ms: number) => Promise<void>;
}

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
const MAX_TRIES_IN_A_ROW = 10; // Some six minutes: what lasts longer is for a person to look at, and to resume.

// Where the CRM names a time: one that says "at once" for ever must not be asked for ever. A daily quota's rest fits in.
const FIRST_ADDED_PAUSE_MS = 250;
const MAX_ADDED_PAUSE_MS = 30_000;
const MAX_NAMED_TRIES_IN_A_ROW = 100;

/**
 * Makes a call again where the CRM says that nothing happened and time will help: when it says, and a little later each
 * time. @throws CrmError for everything else, and when ten tries in a row have not helped, or a hundred at named times.
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
  if (kind === 'retry-after' && retryAt !== undefined) {
    if (tries >= MAX_NAMED_TRIES_IN_A_ROW) return undefined;
    return Math.max(retryAt - now(), growing(FIRST_ADDED_PAUSE_MS, tries, MAX_ADDED_PAUSE_MS));
  }
  if (kind !== 'retry-soon' || tries >= MAX_TRIES_IN_A_ROW) return undefined;
  return growing(FIRST_PAUSE_MS, tries, MAX_PAUSE_MS);
}

const growing = (firstMs: number, tries: number, mostMs: number) => Math.min(firstMs * 2 ** (tries - 1), mostMs);
