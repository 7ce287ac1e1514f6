import type { DocumentKey, Documents, Now } from '../ports.ts';
import {
  IDLE,
  learnRate,
  pauseTurns,
  type RateBudget,
  type RateState,
  reservePlaces,
  reserveTurn,
} from './rate-budget.ts';

export interface SharedRateBudgetOptions {
  documents: Documents;
  /** Rate limits are per tenant: one tenant's burst never slows another's. */
  tenant: string;
  /** The CRM's name. */
  crm: string;
  now: Now;
}

const KEPT_MS = 2 * 86_400_000; // Twice the longest pause.
// A worker that loses a round sees a later turn in the next, until none is left within the wait: that ends it much sooner.
const MAX_ROUNDS = 100;

/**
 * For workers that share nothing but the store: each turn is one read and one compare-and-set. Where the store fails,
 * the turn is granted: this budget spares us refusals, and no promise depends on it.
 */
export function createSharedRateBudget(options: SharedRateBudgetOptions): RateBudget {
  const { now } = options;
  const key: DocumentKey = { tenant: options.tenant, kind: 'rate', id: options.crm };
  let lastSeen = IDLE;

  /** @returns false when others were faster. */
  async function attempt(change: (state: RateState) => RateState): Promise<boolean> {
    const found = await options.documents.get<RateState>(key);
    const before = found?.value ?? IDLE;
    lastSeen = change(before);
    if (lastSeen === before) return true;
    return options.documents.put(key, lastSeen, { expected: found?.version ?? 0, expiresAt: now() + KEPT_MS });
  }

  async function insist(change: (state: RateState) => RateState): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) if (await attempt(change)) return;
  }

  return {
    async take(assumed, longestWaitMs) {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        let turn = reserveTurn(IDLE, { now: now(), assumed, longestWaitMs });
        const written = await attempt((state) => {
          turn = reserveTurn(state, { now: now(), assumed, longestWaitMs });
          return turn.state;
        }).catch(() => undefined);
        if (written === undefined) return 0;
        if (written) return turn.waitMs;
      }
      return longestWaitMs + assumed.intervalMs / 10;
    },
    async comeBack(assumed, events) {
      // One round: a turn is worth more than a place. Where another was faster, two may come at the same time.
      let line = reservePlaces(IDLE, { now: now(), assumed, events });
      await attempt((state) => {
        line = reservePlaces(state, { now: now(), assumed, events });
        return line.state;
      }).catch(ignore);
      return line.places;
    },
    async learn(seen) {
      if (learnRate(lastSeen, seen, now()) === lastSeen) return;
      await insist((state) => learnRate(state, seen, now())).catch(ignore);
    },
    async pause(until) {
      await insist((state) => pauseTurns(state, until)).catch(ignore);
    },
    async pausedUntil() {
      const found = await options.documents.get<RateState>(key).catch(ignore);
      return found?.value.pausedUntil ?? 0;
    },
  };
}

const ignore = () => undefined;
