import { CrmError } from '../errors.ts';
import type { Fetch, Now } from '../ports.ts';
import { retryAfter } from './client.ts';
import type { RateBudget } from './rate-budget.ts';

const NAMES_A_TIME = [429, 503]; // RFC 6585 §4, RFC 9110 §15.6.4

export interface RetryAfterOptions {
  /** The CRM's name. */
  vendor: string;
  /** Shared by all workers of the tenant: what one of them is told, all of them keep to. */
  budget: Pick<RateBudget, 'pause' | 'pausedUntil'>;
  now: Now;
}

/**
 * A `fetch` that makes no call at all until the time that a 429 or 503 named with `Retry-After`.
 * @throws CrmError `retry-after` meanwhile.
 */
export function withRetryAfter(fetch: Fetch, { vendor, budget, now }: RetryAfterOptions): Fetch {
  return async (url, init) => {
    const until = await budget.pausedUntil();
    if (until > now())
      throw new CrmError('retry-after', `${vendor}: paused, the CRM has asked for this pause`, {
        retryAt: until,
        code: 'RETRY_AFTER',
      });
    const response = await fetch(url, init);
    const named = NAMES_A_TIME.includes(response.status) ? retryAfter(response.headers, now) : undefined;
    if (named !== undefined && named > now()) await budget.pause(named);
    return response;
  };
}
