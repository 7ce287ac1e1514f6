import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isRunning } from '../../local/running-process.ts';
import { UsageError } from '../exit.ts';

/** Two runs of one plan at a time would undo each other's look before the write. @returns what ends the lock. @throws UsageError */
export function lockPlan(plan: string): () => void {
  const file = `${plan}.lock`;
  for (const again of [true, false]) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new UsageError(`${file} cannot be written`);
      if (!again || isRunning(Number(readFileSync(file, 'utf8'))))
        throw new UsageError(`another run has this plan: wait until it has ended, or remove ${file} if none runs`);
      rmSync(file, { force: true }); // Of a process that was killed.
    }
  }
  throw new UsageError(`another run has this plan: wait until it has ended`);
}
