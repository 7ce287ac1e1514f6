import { ConfigError } from '../errors.ts';
import type { Sentence } from '../ledger/reasons.ts';

export type Language = keyof Sentence;

/** The language of the terminal, as its locale variables say. */
export function languageOf(env: { [name: string]: string | undefined }): Language {
  return /^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en';
}

/** What keeps `npm start` from starting, and what to do, in each language. The message is the English sentence. */
export class LocalProblem extends ConfigError {
  readonly sentence: Sentence;

  constructor(sentence: Sentence) {
    super(sentence.en);
    this.sentence = sentence;
  }
}

/** A problem that another folder has put into words: in Chinese it is introduced, then quoted. */
export function sentenceOf(error: ConfigError): Sentence {
  return error instanceof LocalProblem ? error.sentence : { en: error.message, zh: `配置有误：${error.message}` };
}

/** The code of a system error, such as `EACCES`. */
export const codeOf = (error: unknown): string =>
  String((error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'unknown'));
