import type { Env } from '../config.ts';
import type { Fetch, Now } from '../ports.ts';

/** All that a command knows of the world. */
export interface Io {
  env: Env;
  /** Standard input to its end: UTF-8, or UTF-16 where a byte order mark says so. */
  readStdin(): Promise<string>;
  /** A file's text, as of standard input; relative to the current folder. */
  readFile(path: string): Promise<string>;
  /** To standard output: what a script may read. */
  out(text: string): void;
  /** To standard error: what only a person needs. */
  err(text: string): void;
  /** To a terminal only: a line in the place of the last one; an empty one clears it. */
  redraw?(text: string): void;
  fetch: Fetch;
  now: Now;
  /** The name of the account that runs the command, as the system knows it. */
  userName(): string | undefined;
  /** A source of unguessable bytes. */
  randomBytes(count: number): Buffer;
}
