import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { damagedFile } from '../data-dir.ts';

/** Lines of JSON that survive the process; a line is complete or, after a crash in the middle of it, was never there. */
export interface EntryFile<T> {
  entries: T[];
  append(entry: T): void;
}

/** @param file nothing is kept if left out. @throws LocalProblem when it cannot be read. */
export function openEntryFile<T>(file: string | undefined): EntryFile<T> {
  if (file === undefined) return { entries: [], append: () => undefined };
  try {
    const entries = completeLines(file).map((line) => JSON.parse(line) as T);
    return { entries, append: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 }) };
  } catch (error) {
    throw damagedFile(file, error);
  }
}

/** Cuts off what follows the last line break. */
function completeLines(file: string): string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  if (complete.length < text.length) truncateSync(file, Buffer.byteLength(complete));
  return complete.split('\n').slice(0, -1);
}
