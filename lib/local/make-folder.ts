import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes the folder and its parents, readable by their owner only; one level after the other: `mkdir -p` of Node 20 never
 * ends where a parent such as /proc takes no folders. @throws the system's error
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}
