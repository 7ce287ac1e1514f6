import type { RateBudget } from '../../lib/crm/rate-budget.ts';
import { createRoom } from '../../lib/crm/room.ts';

const NOW = 1_000_000;
const RATE = { calls: 190, intervalMs: 10_000 };

function open(waits: number[]) {
  const budget: RateBudget = {
    take: async () => waits.shift() ?? 0,
    learn: async () => undefined,
    pause: async () => undefined,
    pausedUntil: async () => 0,
  };
  return createRoom(budget, () => NOW, 10);
}

describe('how much of a backlog one worker takes on', () => {
  it('ten events at once, for as long as the limit gives turns', async () => {
    const { budget, room } = open([0, 900, 1_000]);
    for (let call = 0; call < 3; call++) await budget.take(RATE, 1_000);
    expect(room()).toEqual({ atOnce: 10, notBefore: 0 });
  });

  it('half as much after each event that is sent away, and nothing new until its time; one in the end', async () => {
    const { budget, room } = open([3_000, 3_000, 3_000, 3_000, 3_000]);
    await budget.take(RATE, 1_000);
    expect(room()).toEqual({ atOnce: 5, notBefore: NOW + 3_000 });
    for (let call = 0; call < 4; call++) await budget.take(RATE, 1_000);
    expect(room().atOnce).toBe(1);
  });

  it('waits 20 s at most before it looks again: others may have left', async () => {
    const { budget, room } = open([600_000]);
    await budget.take(RATE, 1_000);
    expect(room().notBefore).toBe(NOW + 20_000);
  });

  it('comes back little by little', async () => {
    const { budget, room } = open([3_000]);
    await budget.take(RATE, 1_000);
    for (let call = 0; call < 11; call++) await budget.take(RATE, 1_000);
    expect(room().atOnce).toBe(6);
    for (let call = 0; call < 100; call++) await budget.take(RATE, 1_000);
    expect(room().atOnce).toBe(10);
  });
});
