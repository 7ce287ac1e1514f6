import type { Rate, RateBudget } from '../../lib/crm/rate-budget.ts';
import { createRoom } from '../../lib/crm/room.ts';

const NOW = 1_000_000;
const RATE = { calls: 190, intervalMs: 10_000 };

function open(waits: number[]) {
  const clock = { now: NOW };
  const asked: [Rate, number][] = [];
  const budget: RateBudget = {
    take: async () => waits.shift() ?? 0,
    comeBack: async (assumed, events) => {
      asked.push([assumed, events]);
      return { firstMs: 1_000, lastMs: 2_000 };
    },
    learn: async () => undefined,
    pause: async () => undefined,
    pausedUntil: async () => 0,
  };
  return { ...createRoom(budget, () => clock.now, 10), clock, asked };
}

describe('how much of a backlog one worker takes on', () => {
  it('ten events at once, for as long as the limit gives turns', async () => {
    const { budget, room } = open([0, 900, 1_000]);
    for (let call = 0; call < 3; call++) await budget.take(RATE, 1_000);
    expect([room.atOnce(), room.isFull()]).toEqual([10, false]);
  });

  it('half as many after each event that is sent away, and no others for a moment; four in the end', async () => {
    const { budget, room, clock } = open([3_000, 3_000, 3_000, 3_000]);
    await budget.take(RATE, 1_000);
    expect([room.atOnce(), room.isFull()]).toEqual([5, true]);
    clock.now += 100;
    expect(room.isFull()).toBe(false);
    for (let call = 0; call < 3; call++) await budget.take(RATE, 1_000);
    expect(room.atOnce()).toBe(4);
  });

  it('asks for places at the rate that the adapter assumes', async () => {
    const { budget, room, asked } = open([3_000]);
    await budget.take(RATE, 1_000);
    expect(await room.comeBack(7)).toEqual({ firstMs: 1_000, lastMs: 2_000 });
    expect(asked).toEqual([[RATE, 7]]);
  });

  it('comes back little by little', async () => {
    const { budget, room } = open([3_000]);
    await budget.take(RATE, 1_000);
    for (let call = 0; call < 11; call++) await budget.take(RATE, 1_000);
    expect(room.atOnce()).toBe(6);
    for (let call = 0; call < 100; call++) await budget.take(RATE, 1_000);
    expect(room.atOnce()).toBe(10);
  });
});
