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
  /**
   * Places in the line of those who come back, for events that cannot begin now.
   * @returns milliseconds until the first and the last of them; the others are to be spread between.
   */
  comeBack(assumed: Rate, events: number): Promise<ComingBack>;
  learn(seen: RateSeen): Promise<void>;
  /** No turn is given before this time (milliseconds since 1970). */
  pause(until: number): Promise<void>;
  /** Milliseconds since 1970; 0 where no pause was asked for. */
  pausedUntil(): Promise<number>;
}

export interface ComingBack {
  firstMs: number;
  lastMs: number;
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
  /** When the last of those that have a place in the line comes back. */
  comingBackUntil: number;
}

export const IDLE: RateState = { share: 1, sharedSince: 0, takenUntil: 0, pausedUntil: 0, comingBackUntil: 0 };

// An even pace at 96 % of the limit, and 3 % of it at once after a rest: at most 99 % in any interval. What is left is
// for calls that leave late and arrive together. A long queue takes 1 / 0.96 of the time that the limit itself asks for.
const EVEN_SHARE = 0.96;
const BURST_SHARE = 0.03;
// Where a call finds no turn, its event comes back soon: it had its place in the line, or was woken by another event.
const SOON_MS = 1_000;
// An event takes three turns: a look-up, a merge, an update. Places are closer, since some come back for less or find
// their contacts locked; who finds no turn comes back once more.
const TURNS_OF_A_PLACE = 2;
const LONGEST_LINE_MS = 870_000; // A queue delays a message for 900 s at most.
const BEYOND_THE_LINE: ComingBack = { firstMs: 600_000, lastMs: LONGEST_LINE_MS };

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
 * who would wait too long are sent away, and nothing is written for them. Pure.
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
  return { reserved: false, waitMs: at - now + SOON_MS, state };
}

/** Those for whom the line is too long get no place: they come back while it moves on, and take one then. Pure. */
export function reservePlaces(state: RateState, { now, assumed, events }: PlacesWanted) {
  const { calls, intervalMs } = state.rate ?? assumed;
  const placeMs = (TURNS_OF_A_PLACE * intervalMs) / (calls * state.share * EVEN_SHARE);
  const first = Math.max(now, state.takenUntil, state.pausedUntil, state.comingBackUntil);
  const comingBackUntil = first + events * placeMs;
  if (comingBackUntil > now + LONGEST_LINE_MS) return { places: BEYOND_THE_LINE, state };
  return { places: { firstMs: first - now, lastMs: comingBackUntil - now }, state: { ...state, comingBackUntil } };
}

export interface PlacesWanted {
  now: number;
  assumed: Rate;
  events: number;
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
    async comeBack(assumed, events) {
      const line = reservePlaces(state, { now: now(), assumed, events });
      state = line.state;
      return line.places;
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
