const TICK_MS = 20;

/**
 * Milliseconds that work takes on a machine with nothing else to do: what ticks come too late, because this process got
 * no processor, is not counted. Time that the work waits for a server or a timer is.
 */
export async function ownTime(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let late = 0;
  let expected = started + TICK_MS;
  const ticks = setInterval(() => {
    late += Math.max(0, performance.now() - expected);
    expected = performance.now() + TICK_MS;
  }, TICK_MS);
  try {
    await work();
    return performance.now() - started - late;
  } finally {
    clearInterval(ticks);
  }
}
