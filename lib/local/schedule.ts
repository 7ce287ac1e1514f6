/** Runs `tick` at once and then again `everyMs` after each end; a failed tick is no reason to stop. */
export function startSchedule(tick: () => Promise<unknown>, everyMs: number): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  const run = async (): Promise<void> => {
    await tick().catch(() => undefined);
    if (stopping) return;
    timer = setTimeout(() => {
      running = run();
    }, everyMs);
  };
  let running = run();
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}
