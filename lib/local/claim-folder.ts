import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError } from '../errors.ts';

/**
 * Two processes with the same files would destroy them. A lock that a killed process left is taken over.
 * @returns what to call when the folder is free again. @throws ConfigError while another process has it.
 */
export function claimFolder(dataDir: string): () => void {
  const file = path.join(dataDir, 'lock');
  const owner = ownerOf(file);
  if (owner !== undefined && owner !== process.pid && isAlive(owner))
    throw new ConfigError(
      `DATA_DIR is in use by process ${owner}: stop that npm start, or name another folder (if it is something else, delete ${file})`,
    );
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function ownerOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
