import type { Room } from '../merge/tenant-crm.ts';
import type { Now } from '../ports.ts';
import type { Rate, RateBudget } from './rate-budget.ts';

const GROWTH = 0.1;
const LEAST = 4; // Fewer would wait for their turns one by one, and keep the worker for as long.
const PAUSE_MS = 100;

/**
 * How much of a tenant's backlog one worker takes on at once, by what it sees of the rate limit it shares: half as much
 * after each event that the limit sends away, little by little more again while turns are given. For a moment after it,
 * the messages it gets go back to the queue unopened, each with a place in the line. So the limit is full with two
 * workers, fifty do not fight over it, and none is kept from another tenant's events by what cannot run now.
 */
export function createRoom(budget: RateBudget, now: Now, most: number): { budget: RateBudget; room: Room } {
  let width = most;
  let notBefore = 0;
  let assumed: Rate | undefined;
  return {
    room: {
      atOnce: () => Math.floor(width),
      isFull: () => now() < notBefore,
      comeBack: async (events) => (assumed ? budget.comeBack(assumed, events) : { firstMs: 0, lastMs: 0 }),
    },
    budget: {
      ...budget,
      async take(rate, longestWaitMs) {
        assumed = rate;
        const waitMs = await budget.take(rate, longestWaitMs);
        if (waitMs <= longestWaitMs) width = Math.min(most, width + GROWTH);
        else {
          width = Math.max(LEAST, width / 2);
          notBefore = now() + PAUSE_MS;
        }
        return waitMs;
      },
    },
  };
}
