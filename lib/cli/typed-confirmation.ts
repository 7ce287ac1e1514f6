import { Refused, UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** What is to be typed, and the words around it, in English; the question in the language of the terminal. */
export interface Typed {
  expected: string;
  question: string;
  noTerminal: string;
  otherwise: string;
}

/**
 * What cannot be taken back asks for a name or an id.
 * @param confirm what was given with `--confirm`; without it the terminal is asked
 * @throws UsageError where there is no terminal to ask in; Refused where another one was given
 */
export async function confirmTyped(typed: Typed, confirm: string | undefined, io: Io): Promise<void> {
  const given = confirm ?? (await askedFor(typed, io));
  if (given !== typed.expected) throw new Refused(typed.otherwise);
}

async function askedFor({ question, noTerminal }: Typed, io: Io): Promise<string> {
  if (!io.ask) throw new UsageError(noTerminal);
  return (await io.ask(question)).trim();
}
