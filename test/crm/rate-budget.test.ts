import fc from 'fast-check';
import {
  createLocalRateBudget,
  IDLE,
  learnRate,
  type Rate,
  reservePlaces,
  reserveTurn,
} from '../../lib/crm/rate-budget.ts';

const HUBSPOT: Rate = { calls: 190, intervalMs: 10_000 };

/** The times at which calls leave when each asks for a turn some milliseconds after the one before. */
function turnsAfter(gaps: number[], rate: Rate): number[] {
  let state = IDLE;
  let now = 1_000_000;
  return gaps.map((gap) => {
    now += gap;
    const turn = reserveTurn(state, { now, assumed: rate, longestWaitMs: Number.POSITIVE_INFINITY });
    state = turn.state;
    return now + turn.waitMs;
  });
}

function mostInAnInterval(times: number[], intervalMs: number): number {
  let first = 0;
  return times.reduce((most, time, index) => {
    while ((times[first] ?? time) <= time - intervalMs) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
}

describe('a rate budget', () => {
  it('never lets more calls leave in any interval than the vendor allows, however they come', () => {
    const gaps = fc.array(
      fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 }), fc.integer({ max: 30_000, min: 0 })),
      {
        maxLength: 600,
      },
    );
    const rates = fc.record({
      calls: fc.integer({ min: 10, max: 400 }),
      intervalMs: fc.integer({ min: 100, max: 60_000 }),
    });
    fc.assert(
      fc.property(gaps, rates, (gaps, rate) => {
        const times = turnsAfter(gaps, rate);
        expect(mostInAnInterval(times, rate.intervalMs)).toBeLessThanOrEqual(rate.calls);
        expect([...times].sort((a, b) => a - b)).toEqual(times);
      }),
    );
  });

  it('leaves little of a limit unused by a long queue: less than 6 %', () => {
    const times = turnsAfter(Array(6_000).fill(0), HUBSPOT);
    const elapsed = (times.at(-1) ?? 0) - (times[0] ?? 0);
    expect(elapsed).toBeLessThan(((6_000 * HUBSPOT.intervalMs) / HUBSPOT.calls) * 1.06);
  });

  it('gives an event’s three calls their turns at once after a rest', () => {
    expect(turnsAfter([0, 0, 0], { calls: 100, intervalMs: 10_000 })).toEqual([1_000_000, 1_000_000, 1_000_000]);
  });

  it('reserves nothing and changes nothing for a call that would wait too long: it is asked for again soon', () => {
    const state = { ...IDLE, takenUntil: 20_000 };
    const turn = reserveTurn(state, { now: 10_000, assumed: HUBSPOT, longestWaitMs: 1_000 });
    expect(turn.reserved).toBe(false);
    expect(turn.state).toBe(state);
    expect(turn.waitMs).toBeCloseTo(10_000 - (4 * 10_000) / (190 * 0.96) + 1_000, 6);
  });

  it('gives events that cannot begin places in one line, closer than their turns', () => {
    const placeMs = (2 * 10_000) / (190 * 0.96);
    const first = reservePlaces({ ...IDLE, takenUntil: 15_000 }, { now: 10_000, assumed: HUBSPOT, events: 10 });
    expect(first.places.firstMs).toBe(5_000);
    expect(first.places.lastMs).toBeCloseTo(5_000 + 10 * placeMs, 6);
    const second = reservePlaces(first.state, { now: 11_000, assumed: HUBSPOT, events: 1 });
    expect(second.places.firstMs).toBeCloseTo(first.places.lastMs - 1_000, 6);
    const paused = reservePlaces({ ...IDLE, pausedUntil: 60_000 }, { now: 0, assumed: HUBSPOT, events: 1 });
    expect(paused.places.firstMs).toBe(60_000);
  });

  it('gives no place in a line longer than a queue delays a message, and the line does not grow', () => {
    const state = { ...IDLE, comingBackUntil: 869_900 };
    const line = reservePlaces(state, { now: 0, assumed: HUBSPOT, events: 10 });
    expect(line).toEqual({ places: { firstMs: 600_000, lastMs: 870_000 }, state });
    expect(line.state).toBe(state);
  });

  it('gives no turn during a pause, and turns at the even pace after it', async () => {
    const budget = createLocalRateBudget(() => 0);
    await budget.pause(5_000);
    await budget.pause(2_000);
    expect(await budget.take(HUBSPOT, 1_000)).toBeGreaterThanOrEqual(5_000);
    expect(await budget.take(HUBSPOT, 10_000)).toBe(5_000);
  });

  it('counts with what an answer told instead of what was assumed', async () => {
    const budget = createLocalRateBudget(() => 0);
    await budget.learn({ rate: { calls: 10, intervalMs: 1_000 }, scarce: false });
    await budget.take(HUBSPOT, 0);
    expect(await budget.take(HUBSPOT, 1_000)).toBeCloseTo(1_000 / 9.6, 6);
  });
});

describe('what answers tell', () => {
  const learned = learnRate(IDLE, { rate: HUBSPOT, scarce: false }, 0);

  it('is nothing new, and so nothing to store, most of the time', () => {
    expect(learnRate(learned, { rate: { ...HUBSPOT }, scarce: false }, 99_999)).toBe(learned);
  });

  it('makes us use less at once when it gets scarce, once in a tenth of the interval, and more again step by step', () => {
    const less = learnRate(learned, { rate: HUBSPOT, scarce: true }, 50_000);
    expect(less.share).toBeCloseTo(0.8);
    expect(learnRate(less, { rate: HUBSPOT, scarce: true }, 50_999)).toBe(less);
    let state = less;
    for (let at = 51_000; at < 80_000; at += 1_000) state = learnRate(state, { rate: HUBSPOT, scarce: false }, at);
    expect(state.share).toBe(1);
    for (let at = 80_000; at < 180_000; at += 1_000) state = learnRate(state, { rate: HUBSPOT, scarce: true }, at);
    expect(state.share).toBe(0.1);
  });
});
