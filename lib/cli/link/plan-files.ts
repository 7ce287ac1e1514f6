import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LogEntry } from '../../linking/write-log.ts';
import { describeCause } from '../describe-cause.ts';
import { UsageError } from '../exit.ts';

/** Files of contact ids are for their owner alone. */
const PRIVATE = 0o600;

/** A plan, what became of every row, and what was written, side by side. */
export interface PlanFiles {
  plan: string;
  report: string;
  journal: string;
}

/** @param out as `--out` names it; left out: beside the export. */
export function planFiles(file: string, out?: string): PlanFiles {
  const { dir, name } = path.parse(file);
  const base = out?.replace(/\.json$/, '') ?? path.join(dir, `${name}.link`);
  return { plan: `${base}.json`, report: `${base}.csv`, journal: journalOf(`${base}.json`) };
}

export const journalOf = (plan: string): string => `${plan.replace(/\.json$/, '')}.journal`;

/** @throws UsageError */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${describeCause(error)})`);
  }
}

/** The whole file or none of it. @throws UsageError */
export function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.unfinished`;
  try {
    const opened = openSync(unfinished, 'w', PRIVATE);
    writeFileSync(opened, text);
    fsyncSync(opened);
    closeSync(opened);
    renameSync(unfinished, file);
  } catch (error) {
    throw new UsageError(`${file} cannot be written (${describeCause(error)})`);
  }
}

/** The journal's text; empty where there is none. @throws UsageError */
export function readJournal(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${describeCause(error)})`);
  }
}

export interface JournalFile {
  append(entry: LogEntry): Promise<void>;
  close(): void;
}

/**
 * Adds a line at a time and waits until it is on the disk; half a line of a killed process is ended first. Nothing is
 * written to the CRM whose line could not be kept: that throws. @throws UsageError
 */
export function openJournal(file: string): JournalFile {
  const text = readJournal(file);
  const opened = orUnwritable(file, () => openSync(file, 'a', PRIVATE));
  const write = (line: string) => orUnwritable(file, () => writeFileSync(opened, line));
  if (text !== '' && !text.endsWith('\n')) write('\n');
  return {
    async append(entry) {
      write(`${JSON.stringify(entry)}\n`);
      fsyncSync(opened);
    },
    close: () => closeSync(opened),
  };
}

function orUnwritable<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(`${file} cannot be written (${describeCause(error)})`);
  }
}
