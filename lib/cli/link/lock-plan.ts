import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isRunning } from '../../local/running-process.ts';
import { UsageError } from '../exit.ts';

/** Two runs of one plan at a time would undo each other's look before the write. @returns what ends the lock. @throws UsageError */
export function lockPlan(plan: string): () => void {
  const file = `${plan}.lock`;
  const own = `${file}.${process.pid}`;
  try {
    writeFileSync(own, String(process.pid), { mode: 0o600 });
    if (!isTaken(own, file) && !(removeDead(file) && isTaken(own, file)))
      throw new UsageError(`another run has this plan: wait until it has ended, or remove ${file} if none runs`);
    return () => rmSync(file, { force: true });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be written`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** The lock is there with its number in it, or not at all: half of it is never seen. */
function isTaken(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Of a process that was killed. What is moved away by mistake, of one that took the lock meanwhile, is put back. */
function removeDead(file: string): boolean {
  const aside = `${file}.${process.pid}.dead`;
  try {
    if (!isDead(file)) return false;
    renameSync(file, aside);
    if (isDead(aside)) return true;
    linkSync(aside, file);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return true; // Another run was quicker, here or at its end.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** A lock without a number says nothing of its process: for a human. */
function isDead(file: string): boolean {
  const text = readFileSync(file, 'utf8').trim();
  return /^\d+$/.test(text) && !isRunning(Number(text));
}
