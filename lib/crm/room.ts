import type { Room } from '../merge/tenant-crm.ts';
import type { Now } from '../ports.ts';
import type { RateBudget } from './rate-budget.ts';

const GROWTH = 0.1; // A worker that is sent away once has twenty turns to come back to where it was.
const LONGEST_PAUSE_MS = 20_000;

/**
 * How much of a tenant's backlog one worker takes on at once, by what it sees of the rate limit it shares: half as much
 * after each event that the limit sends away, little by little more again while turns are given. Meanwhile the messages
 * it gets go back to the queue unopened. So the limit is full with two workers, and fifty do not fight over it.
 */
export function createRoom(budget: RateBudget, now: Now, most: number): { budget: RateBudget; room: () => Room } {
  let width = most;
  let notBefore = 0;
  return {
    room: () => ({ atOnce: Math.max(1, Math.floor(width)), notBefore }),
    budget: {
      ...budget,
      async take(assumed, longestWaitMs) {
        const waitMs = await budget.take(assumed, longestWaitMs);
        if (waitMs <= longestWaitMs) width = Math.min(most, width + GROWTH);
        else {
          width = Math.max(1, width / 2);
          notBefore = now() + Math.min(waitMs, LONGEST_PAUSE_MS);
        }
        return waitMs;
      },
    },
  };
}
