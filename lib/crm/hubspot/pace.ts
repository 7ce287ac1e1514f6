import { CrmError } from '../../errors.ts';
import type { Now } from '../../ports.ts';
import { type CrmResponse, retryAfter } from '../client.ts';
import type { Rate, RateBudget } from '../rate-budget.ts';

export interface PaceOptions {
  budget: RateBudget;
  now: Now;
  sleep: (ms: number) => Promise<void>;
}

/** Keeps calls below HubSpot's rate limit, so that it is never met. */
export interface Pace {
  /** Waits for a turn. @throws CrmError `retry-after` when that would take longer than `longestWaitMs`: let the queue wait. */
  turn(label: string, longestWaitMs: number): Promise<void>;
  /** Takes in what an answer tells about the limit. @returns when to come back after a 429 (milliseconds since 1970). */
  learn(response: CrmResponse): Promise<number>;
}

// HubSpot's smallest burst limit, of Free and Starter accounts; every answer's headers name the true one.
const MIN_RATE: Rate = { calls: 100, intervalMs: 10_000 };
// The daily quota starts anew at midnight in the account's time zone, which no answer tells: looking again each hour
// costs 24 calls a day at most, since no turn is given meanwhile, and loses an hour at most.
const DAILY_PAUSE_MS = 3_600_000;
// Our own pace leaves more than this share of the limit: less means that another client uses the same credentials.
const SCARCE_SHARE = 0.02;
const NAMES_A_TIME = [429, 477, 503];

/** Headers `X-HubSpot-RateLimit-*`, `policyName` in a 429: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines */
export function createPace({ budget, now, sleep }: PaceOptions): Pace {
  let rate = MIN_RATE;
  let pausedUntil = 0;

  async function pause(until: number): Promise<void> {
    pausedUntil = Math.max(pausedUntil, until);
    await budget.pause(pausedUntil);
  }

  return {
    async turn(label, longestWaitMs) {
      let leftMs = longestWaitMs;
      do {
        // Where the store fails, the budget gives a turn at once: what this process knows of a pause holds all the same.
        const waitMs = Math.max(await budget.take(MIN_RATE, leftMs), pausedUntil - now());
        if (waitMs > leftMs) throw noTurn(label, now() + waitMs);
        if (waitMs > 0) await sleep(Math.ceil(waitMs));
        leftMs -= waitMs;
      } while (pausedUntil > now());
    },
    async learn({ status, headers, text }) {
      // A proxy's answer has no such headers, and must not unteach what HubSpot's have taught.
      const told = rateIn(headers);
      rate = told ?? rate;
      const remaining = numberIn(headers, 'x-hubspot-ratelimit-remaining') ?? rate.calls;
      const scarce = status === 429 || remaining < rate.calls * SCARCE_SHARE;
      await budget.learn({ rate: told, scarce });
      if (status === 429) await pause(now() + (isDaily(text) ? DAILY_PAUSE_MS : rate.intervalMs / 10));
      // A named time counts for all workers, and for the whole account (477: HubSpot moves it to another data centre).
      const named = NAMES_A_TIME.includes(status) ? retryAfter(headers, now) : undefined;
      if (named !== undefined) await pause(named);
      return pausedUntil;
    },
  };
}

const noTurn = (label: string, retryAt: number) =>
  new CrmError('retry-after', `hubspot: ${label} has to wait, the rate limit is used up`, {
    retryAt: Math.ceil(retryAt),
    code: 'RATE_BUDGET',
  });

function rateIn(headers: Headers): Rate | undefined {
  const calls = numberIn(headers, 'x-hubspot-ratelimit-max');
  const intervalMs = numberIn(headers, 'x-hubspot-ratelimit-interval-milliseconds');
  return calls && intervalMs ? { calls, intervalMs } : undefined;
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const isDaily = (text: string) => /"policyName"\s*:\s*"DAILY"/.test(text);
