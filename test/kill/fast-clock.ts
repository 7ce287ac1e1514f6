/** So many seconds of the service go by in one of ours: leases, pauses and back-offs keep their proportions. */
export const SPEED = 10;

/** Milliseconds since 1970 that run faster from `epoch` on, the same in every process. */
export const createFastClock = (epoch: number) => () => epoch + (Date.now() - epoch) * SPEED;
