import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import { damagedFile } from './data-dir.ts';
import { codeOf, LocalProblem } from './local-problem.ts';
import { isRunning } from './running-process.ts';

export interface FolderLock {
  /** Whether the process that had the folder before ended without closing it: killed, or by a power failure. */
  unclean: boolean;
  /** After everything in the folder has been closed. */
  release(): Promise<void>;
}

/**
 * Two processes with the same files would destroy them. The lock is LevelDB's own, of the operating system: it ends with
 * its process, however that ends, and whatever process gets the same number later.
 * @throws LocalProblem while another process has it.
 */
export async function lockFolder(dataDir: string): Promise<FolderLock> {
  const running = path.join(dataDir, 'running');
  const folder = path.join(dataDir, 'in-use');
  const lock = await openLock(folder, running);
  try {
    const unclean = existsSync(running);
    writeFileSync(running, `${process.pid}\n`);
    return { unclean, release: () => release(lock, running) };
  } catch (error) {
    throw damagedFile(running, error);
  }
}

const TRIES = 40;
const PAUSE_MS = 50;

/**
 * Another process that has just taken the lock has not said its number yet, and one that lets it go has taken it back:
 * both last a moment, after which the lock is free or its process is known.
 */
async function openLock(folder: string, running: string): Promise<ClassicLevel> {
  for (let tries = 1; ; tries += 1) {
    const lock = new ClassicLevel(folder);
    try {
      await lock.open();
      return lock;
    } catch (error) {
      const cause = (error as Error).cause ?? error;
      if (codeOf(cause) !== 'LEVEL_LOCKED') throw damagedFile(folder, cause);
      const pid = processIn(running);
      if (pid !== undefined || tries === TRIES) throw inUse(pid);
      await sleep(PAUSE_MS);
    }
  }
}

async function release(lock: ClassicLevel, running: string): Promise<void> {
  rmSync(running, { force: true });
  await lock.close();
}

/** The process that says it has the folder, if it is alive: a killed one leaves its number behind. */
function processIn(running: string): number | undefined {
  const text = existsSync(running) ? readFileSync(running, 'utf8') : '';
  const pid = /^\d+\n$/.test(text) ? Number(text) : undefined;
  return pid !== undefined && isRunning(pid) ? pid : undefined;
}

const inUse = (pid: number | undefined) =>
  new LocalProblem({
    en: `DATA_DIR is in use by ${pid === undefined ? 'another process' : `process ${pid}`}: stop that npm start, or name another folder`,
    zh: `DATA_DIR 正被${pid === undefined ? '另一个进程' : `进程 ${pid} `}使用：请先停止那个 npm start，或另选文件夹`,
  });
