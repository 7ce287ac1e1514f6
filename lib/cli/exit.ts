import { AppError, ConfigError } from '../errors.ts';
import type { Language } from '../sentence.ts';
import { inChinese } from './chinese.ts';

/** What the command's exit code says to a script. */
export const EXIT = {
  ok: 0,
  /** The other side refused, did not answer, or did not verify. */
  refused: 1,
  /** Usage, settings or input: nothing was sent. */
  usage: 2,
  /** Not foreseen: a mistake of ours. */
  internal: 70,
} as const;

/** The other side said no, or what it said does not verify. The message says what that means and what to do. */
export class Refused extends AppError {
  override readonly name = 'Refused';
}

/** The command was given something it cannot use. The message says what to give instead. */
export class UsageError extends AppError {
  override readonly name = 'UsageError';
}

/** What an error says in this language; in English where it has no Chinese. */
export function messageIn(language: Language, error: AppError): string {
  if (language === 'en') return error.message;
  return (error instanceof ConfigError ? error.zh : undefined) ?? inChinese(error.message);
}
