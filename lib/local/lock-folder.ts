import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ClassicLevel } from 'classic-level';
import { damagedFile } from './data-dir.ts';
import { codeOf, LocalProblem } from './local-problem.ts';

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
  const lock = new ClassicLevel(folder);
  try {
    await lock.open();
    const unclean = existsSync(running);
    writeFileSync(running, `${process.pid}\n`);
    return { unclean, release: () => release(lock, running) };
  } catch (error) {
    throw lockProblem(error, folder, running);
  }
}

async function release(lock: ClassicLevel, running: string): Promise<void> {
  rmSync(running, { force: true });
  await lock.close();
}

function lockProblem(error: unknown, folder: string, running: string): Error {
  const cause = (error as Error).cause ?? error;
  if (codeOf(cause) !== 'LEVEL_LOCKED') return damagedFile(folder, codeOf(cause));
  const pid = existsSync(running) ? readFileSync(running, 'utf8').trim() : '?';
  return new LocalProblem({
    en: `DATA_DIR is in use by process ${pid}: stop that npm start, or name another folder`,
    zh: `DATA_DIR 正被进程 ${pid} 使用：请先停止那个 npm start，或另选文件夹`,
  });
}
