import type { DocumentKey, Documents, Now } from '../ports.ts';
import { IDLE, type RateBudget, type RateState, reserveTurn } from './rate-budget.ts';

export interface SharedRateBudgetOptions {
  documents: Documents;
  /** Rate limits are per tenant: one tenant's burst never slows another's. */
  tenant: string;
  /** The CRM's name. */
  crm: string;
  now: Now;
}

const KEPT_MS = 86_400_000;
const MOST_TRIES = 20;

/**
 * For workers that share nothing but the store: each turn is one read and one compare-and-set. Where the store fails
 * or too many write at once, the turn is granted: this budget spares us refusals, nothing depends on it being exact.
 */
export function createSharedRateBudget(options: SharedRateBudgetOptions): RateBudget {
  return {
    async take(rate, longestWaitMs) {
      let waitMs = 0;
      await update(options, (state) => {
        const turn = reserveTurn(state, { now: options.now(), rate, longestWaitMs });
        waitMs = turn.waitMs;
        return turn.state;
      }).catch(ignore);
      return waitMs;
    },
    async pause(until) {
      await update(options, (state) =>
        state.pausedUntil < until ? { ...state, pausedUntil: until } : undefined,
      ).catch(ignore);
    },
  };
}

const ignore = () => undefined;

async function update(options: SharedRateBudgetOptions, change: (state: RateState) => RateState | undefined) {
  const key: DocumentKey = { tenant: options.tenant, kind: 'rate', id: options.crm };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = await options.documents.get<RateState>(key);
    const changed = change(found?.value ?? IDLE);
    if (!changed) return;
    const how = { expected: found?.version ?? 0, expiresAt: options.now() + KEPT_MS };
    if (await options.documents.put(key, changed, how)) return;
  }
}
