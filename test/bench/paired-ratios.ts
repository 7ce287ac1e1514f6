import { setImmediate as nextTurn } from 'node:timers/promises';

/** CPU of one way over that of another: the median of paired ratios, and between which two the middle half lies. */
export interface Ratio {
  median: number;
  low: number;
  high: number;
  floorMicroseconds: number;
}

type Work = (index: number) => unknown;

const SLICE_MICROSECONDS = 20_000; // Long against the clock's grain, short against what else the machine does.

/**
 * Two ways of the same work, measured in turns in one process; which goes first changes from round to round. CPU time
 * of the process, not time that passes: other work on the machine does not count.
 */
export async function pairedRatios(one: Work, floor: Work, rounds: number): Promise<Ratio> {
  const count = await warmUp(one, floor);
  const ratios: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ways = round % 2 === 0 ? [floor, one] : [one, floor];
    const times = [await cpuOf(ways[0] as Work, count), await cpuOf(ways[1] as Work, count)];
    const [floorTime = 0, oneTime = 0] = round % 2 === 0 ? times : times.reverse();
    ratios.push(oneTime / floorTime);
    floors.push(floorTime / count);
  }
  return {
    median: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    floorMicroseconds: quantile(floors, 0.5),
  };
}

/** Until both are compiled. @returns how often the floor runs in one slice. */
async function warmUp(one: Work, floor: Work): Promise<number> {
  let count = 1;
  while ((await cpuOf(floor, count)) < SLICE_MICROSECONDS) count *= 2;
  for (let round = 0; round < 10; round++) for (const way of [one, floor]) await cpuOf(way, count);
  return count;
}

const CALLS_A_TURN = 16;

/** Microseconds. */
async function cpuOf(work: Work, count: number): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index++) {
    await work(index);
    if (index % CALLS_A_TURN === 0) await nextTurn(); // Native objects are only freed between turns of the event loop.
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
