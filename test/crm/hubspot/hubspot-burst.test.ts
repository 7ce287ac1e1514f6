import type { Documents } from '../../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../../simulation/memory-documents.ts';
import { runBurst } from './burst.ts';
import { createAccount } from './portal-world.ts';
import { createVirtualClock } from './virtual-clock.ts';

const LIMIT = { calls: 190, intervalMs: 10_000 };
const START = Date.UTC(2026, 10, 24);

// Everything takes its time, so that reservations collide and calls arrive out of step.
function createBurst(workers: number, merges: number, inLine: boolean) {
  const clock = createVirtualClock(START);
  const account = createAccount({ now: clock.now, limit: LIMIT });
  let calls = 0;
  const fetch = async (url: string, init: RequestInit) => {
    calls += 1;
    await clock.sleep(20 + ((calls * 37) % 60));
    const response = account.respond(url, init);
    await clock.sleep(60 + ((calls * 53) % 200));
    return response;
  };
  const memory = asPort(createMemoryDocuments(clock.now));
  const documents: Documents = {
    ...memory,
    get: async (key) => clock.sleep(4).then(() => memory.get(key)),
    put: async (key, value, how) => clock.sleep(6).then(() => memory.put(key, value, how)),
  };
  const { now, sleep } = clock;
  const burst = { account, merges, workers, documents, baseUrl: 'https://api.hubapi.com', fetch, now, sleep, inLine };
  return { account, clock, result: () => clock.run(runBurst(burst)) };
}

// What the limit itself asks for: the first interval's calls at once, the others at its pace.
const bound = (calls: number) => ((calls - LIMIT.calls) / LIMIT.calls) * LIMIT.intervalMs;

describe('a burst of 2 000 merges against an account of 190 calls in 10 s (simulated time, full scale)', () => {
  it.each([
    [10, 0.1],
    [40, 10],
  ])(
    'by %i workers with nothing shared but the store, in the line that the function has: within 1.15 of the bound, without a 429, each put back %d times at most',
    async (workers, mostPutBack) => {
      const { account, result } = createBurst(workers, 2_000, true);
      const { elapsedMs, calls, refused, putBack, unopened } = await result();
      expect(refused).toBe(0);
      expect(account.mostCallsInAnInterval()).toBeLessThanOrEqual(LIMIT.calls);
      expect(calls).toBeGreaterThanOrEqual(6_000);
      expect(elapsedMs).toBeLessThanOrEqual(1.15 * bound(6_000));
      expect((putBack + unopened) / 2_000).toBeLessThanOrEqual(mostPutBack);
      expect(account.portal.merges()).toBe(2_000);
      expect(account.broken).toEqual([]);
    },
    300_000, // Of a busy machine.
  );

  it('one worker alone is not slowed down: it cannot reach the limit', async () => {
    const { result } = createBurst(1, 30, true);
    const { elapsedMs, calls } = await result();
    // 90 calls of 180 ms and 10 ms for the budget each: 5.3 calls a second where 18 are free.
    expect(elapsedMs / calls).toBeLessThan(250);
  });

  it('beside another client that uses a third of the same limit, without a line: fewer than one call in twenty is refused', async () => {
    const { account, clock, result } = createBurst(10, 600, false);
    let [foreign, foreignRefused] = [0, 0];
    const init = { method: 'GET', headers: { authorization: 'Bearer pat-test' } };
    const useToo = async () => {
      for (let over = false; !over; over = account.portal.merges() === 600) {
        await clock.sleep(LIMIT.intervalMs / 63);
        foreign += 1;
        const { status } = account.respond('https://api.hubapi.com/crm/objects/2026-09/contacts/1', init);
        if (status === 429) foreignRefused += 1;
      }
    };
    const used = useToo();
    const { calls, refused } = await result();
    expect((refused - foreignRefused) / (calls - foreign)).toBeLessThan(0.05);
    expect(foreign).toBeGreaterThan(500);
    void used;
  });
});
