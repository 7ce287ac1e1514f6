import type { Now } from '../ports.ts';

/** What a vendor allows: so many calls in any stretch of time this long. */
export interface Rate {
  calls: number;
  /** Milliseconds. */
  intervalMs: number;
}

/** A rate limit that several workers share. */
export interface RateBudget {
  /**
   * Reserves the next free turn.
   * @returns milliseconds until it. When that is longer than `longestWaitMs`, nothing was reserved: come back then.
   */
  take(rate: Rate, longestWaitMs: number): Promise<number>;
  /** Nobody gets a turn before this time (milliseconds since 1970). */
  pause(until: number): Promise<void>;
}

/** Milliseconds since 1970, both. */
export interface RateState {
  /** When the turns taken so far would be used up at the even pace. */
  takenUntil: number;
  pausedUntil: number;
}

export const IDLE: RateState = { takenUntil: 0, pausedUntil: 0 };

// Even pace at 93 % of the limit, and 5 % of it at once after a rest: at most 98 % in any interval. The rest is for
// calls that leave late and arrive together. 1 / 0.93 is 1.075 times the time that the limit itself asks for.
const EVEN_SHARE = 0.93;
const BURST_SHARE = 0.05;

export interface TurnWanted {
  now: number;
  rate: Rate;
  longestWaitMs: number;
}

/** The generic cell rate algorithm: one time is all the state there is, so sharing it takes one compare-and-set. Pure. */
export function reserveTurn(state: RateState, { now, rate, longestWaitMs }: TurnWanted) {
  const spacing = rate.intervalMs / (rate.calls * EVEN_SHARE);
  const burst = Math.max(1, Math.floor(rate.calls * BURST_SHARE));
  const at = Math.max(now, state.takenUntil - (burst - 1) * spacing, state.pausedUntil);
  const waitMs = at - now;
  if (waitMs > longestWaitMs) return { waitMs };
  return { waitMs, state: { ...state, takenUntil: Math.max(state.takenUntil, at) + spacing } };
}

/** For one process alone. */
export function createLocalRateBudget(now: Now): RateBudget {
  let state = IDLE;
  return {
    async take(rate, longestWaitMs) {
      const turn = reserveTurn(state, { now: now(), rate, longestWaitMs });
      state = turn.state ?? state;
      return turn.waitMs;
    },
    async pause(until) {
      state = { ...state, pausedUntil: Math.max(state.pausedUntil, until) };
    },
  };
}
