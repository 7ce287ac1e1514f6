import { existsSync, readFileSync } from 'node:fs';

/** Whether a process of this machine is alive. @param pid anything that is no number of a process is not. */
export function isRunning(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0) && !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Killed, and its parent has not looked: in a container without an init it stays so. Only Linux says it here. */
function isZombie(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && /\) [ZX] /.test(readFileSync(stat, 'utf8'));
}
