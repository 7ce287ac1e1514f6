import type { Env } from '../config.ts';
import type { CrmAdapter } from '../crm/adapter.ts';
import type { Fetch, Now } from '../ports.ts';
import type { Language } from '../sentence.ts';

/** Columns of the terminal behind a stream; undefined where no terminal reads along. */
export interface Columns {
  out: number | undefined;
  err: number | undefined;
}

/** What a process brings along. */
export interface World {
  env: Env;
  /** Standard input to its end: UTF-8, or UTF-16 where a byte order mark says so. */
  readStdin(): Promise<string>;
  /** A file's text, as of standard input; relative to the current folder. */
  readFile(path: string): Promise<string>;
  /** To standard output, as it is: what a script may read. */
  out(text: string): void;
  /** To standard error: what only a person needs. */
  err(text: string): void;
  /** To a terminal only: a line in the place of the last one; an empty one clears it. */
  redraw?(text: string): void;
  /** Asks in the terminal and waits for a line; left out where there is none. */
  ask?(question: string): Promise<string>;
  fetch: Fetch;
  /** Kinds of CRM besides our own. */
  adapters?: readonly CrmAdapter[];
  now: Now;
  /** The name of the account that runs the command, as the system knows it. */
  userName(): string | undefined;
  /** A source of unguessable bytes. */
  randomBytes(count: number): Buffer;
  columns?: Columns;
  /** Standard output is a terminal that wants colours. */
  isColoured?: boolean;
}

/** All that a command knows of the world. */
export interface Io extends World {
  language: Language;
  /** To standard output for a person: lines are broken between words where the terminal is narrower. */
  say(text: string): void;
  /** As `say`, for what is in the language already, or is no text of ours. */
  show(text: string): void;
}
