import type { Now } from '../ports.ts';

/** What a vendor allows: so many calls in any stretch of time this long. */
export interface Rate {
  calls: number;
  /** Milliseconds. */
  intervalMs: number;
}

/** What an answer told about the limit. */
export interface RateSeen {
  rate: Rate | undefined;
  /** More of it is gone than we can have used: another client uses it, too. */
  scarce: boolean;
}

/** A rate limit that several workers share. */
export interface RateBudget {
  /**
   * Reserves the next free turn.
   * @param assumed for as long as no answer has told the true one.
   * @returns milliseconds until it. When that is longer than `longestWaitMs`, nothing was reserved: come back then.
   */
  take(assumed: Rate, longestWaitMs: number): Promise<number>;
  learn(seen: RateSeen): Promise<void>;
  /** No turn is given before this time (milliseconds since 1970). */
  pause(until: number): Promise<void>;
  /** Milliseconds since 1970; 0 where no pause was asked for. */
  pausedUntil(): Promise<number>;
}

/** Times are milliseconds since 1970. */
export interface RateState {
  rate?: Rate;
  /** How much of the rate we use: less at once when it gets scarce, more again little by little. */
  share: number;
  sharedSince: number;
  /** When the turns taken so far would be used up at the even pace. */
  takenUntil: number;
  pausedUntil: number;
  /** When the last of those sent away was told to come back. */
  comingBackUntil: number;
}

export const IDLE: RateState = { share: 1, sharedSince: 0, takenUntil: 0, pausedUntil: 0, comingBackUntil: 0 };

// An even pace at 96 % of the limit, and 3 % of it at once after a rest: at most 99 % in any interval. What is left is
// for calls that leave late and arrive together. A long queue takes 1 / 0.96 of the time that the limit itself asks for.
const EVEN_SHARE = 0.96;
const BURST_SHARE = 0.03;
// A worker that is sent away comes back with a whole event: a look-up, a merge, an update.
const TURNS_FOR_AN_EVENT = 3;

const ROUNDING_MS = 0.01; // What is left of a number as large as a time of today.
const DECREASE_FACTOR = 0.8;
const INCREASE_STEP = 0.02;
const MIN_SHARE = 0.1;

export interface TurnWanted {
  now: number;
  assumed: Rate;
  longestWaitMs: number;
}

/**
 * The generic cell rate algorithm: one time is all the state it needs, so sharing it takes one compare-and-set. Those
 * who would wait too long are sent away to come back one after the other, not all at the next free turn. Pure.
 */
export function reserveTurn(state: RateState, { now, assumed, longestWaitMs }: TurnWanted) {
  const { calls, intervalMs } = state.rate ?? assumed;
  const spacing = intervalMs / (calls * state.share * EVEN_SHARE);
  const burst = Math.max(1, Math.floor(calls * state.share * BURST_SHARE));
  const earliest = Math.max(state.takenUntil - (burst - 1) * spacing, state.pausedUntil);
  const at = earliest - now < ROUNDING_MS ? now : earliest;
  if (at - now <= longestWaitMs) {
    const takenUntil = Math.max(state.takenUntil, at) + spacing;
    return { reserved: true, waitMs: at - now, state: { ...state, takenUntil } };
  }
  const comingBack = Math.max(at, state.comingBackUntil);
  const comingBackUntil = comingBack + TURNS_FOR_AN_EVENT * spacing;
  return { reserved: false, waitMs: comingBack - now, state: { ...state, comingBackUntil } };
}

/** @returns the same state where nothing is new: then there is nothing to store. Pure. */
export function learnRate(state: RateState, { rate, scarce }: RateSeen, now: number): RateState {
  const known = !rate || (state.rate?.calls === rate.calls && state.rate.intervalMs === rate.intervalMs);
  const learned = known ? state : { ...state, rate };
  if (!scarce && state.share === 1) return learned;
  if (now < state.sharedSince + (learned.rate?.intervalMs ?? 0) / 10) return learned;
  const share = scarce ? Math.max(MIN_SHARE, state.share * DECREASE_FACTOR) : Math.min(1, state.share + INCREASE_STEP);
  return { ...learned, share, sharedSince: now };
}

/** Pure. */
export const pauseTurns = (state: RateState, until: number): RateState =>
  state.pausedUntil < until ? { ...state, pausedUntil: until } : state;

/** For one process alone. */
export function createLocalRateBudget(now: Now): RateBudget {
  let state = IDLE;
  return {
    async take(assumed, longestWaitMs) {
      const turn = reserveTurn(state, { now: now(), assumed, longestWaitMs });
      state = turn.state;
      return turn.waitMs;
    },
    async learn(seen) {
      state = learnRate(state, seen, now());
    },
    async pause(until) {
      state = pauseTurns(state, until);
    },
    async pausedUntil() {
      return state.pausedUntil;
    },
  };
}
