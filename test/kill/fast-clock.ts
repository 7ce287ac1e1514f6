/**
 * So many seconds of the service go by in one of ours: leases, pauses and back-offs keep their proportions. A function
 * has its time by this clock, too: on a busy machine it needs a slower one.
 */
export const SPEED = Number(process.env.KILL_SPEED ?? 10);

/** Milliseconds since 1970 that run faster from `epoch` on, the same in every process. */
export const createFastClock = (epoch: number) => () => epoch + (Date.now() - epoch) * SPEED;
