/** Time that passes only while all activities wait: minutes of pacing in a moment, the same every time. */
export function createVirtualClock(start: number) {
  const sleepers: { at: number; wake: () => void }[] = [];
  let time = start;
  return {
    now: () => time,
    sleep: (ms: number) =>
      new Promise<void>((wake) => {
        const at = time + ms;
        const index = sleepers.findIndex((other) => other.at > at);
        sleepers.splice(index < 0 ? sleepers.length : index, 0, { at, wake });
      }),
    async run<T>(activity: Promise<T>): Promise<T> {
      let over = false;
      const ended = activity.finally(() => {
        over = true;
      });
      while (!over) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        const next = sleepers.shift();
        if (!next) continue;
        time = next.at;
        next.wake();
      }
      return ended;
    },
  };
}
