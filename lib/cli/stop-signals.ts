const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C and its like end a command that goes on by itself. @returns what takes the listeners away */
export function onStop(stop: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, stop);
  return () => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
}

/** The reader of the output has closed it, as in `merge-sync tail | head`. @returns what takes the listener away */
export function onClosedOutput(stop: () => void): () => void {
  process.stdout.on('error', stop);
  return () => process.stdout.off('error', stop);
}
