import { ConfigError } from '../errors.ts';
import type { Sentence } from '../sentence.ts';

/** What keeps `npm start` from starting, and what to do, in each language. The message is the English sentence. */
export class LocalProblem extends ConfigError {
  readonly sentence: Sentence;

  constructor(sentence: Sentence) {
    super(sentence.en);
    this.sentence = sentence;
  }
}

/** A problem that another folder has put into words: one that has no Chinese is introduced, then quoted. */
export function sentenceOf(error: ConfigError): Sentence {
  if (error instanceof LocalProblem) return error.sentence;
  return { en: error.message, zh: error.zh ?? `配置有误：${error.message}` };
}

/** The code of a system error, such as `EACCES`. LevelDB has one code for all of them, and names the full disk in words. */
export function codeOf(error: unknown): string {
  const { code, message = '' } = error as NodeJS.ErrnoException;
  if (code === 'LEVEL_IO_ERROR' && message.endsWith('No space left on device')) return 'ENOSPC';
  return String(code ?? (error instanceof Error ? error.name : 'unknown'));
}
