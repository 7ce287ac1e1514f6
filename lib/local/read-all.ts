import { ConfigError } from '../errors.ts';
import { LocalProblem, sentenceOf } from './local-problem.ts';

type Readers = Record<string, () => unknown>;

/** @returns what each reader gives. @throws LocalProblem with the problems of all of them, one a line. */
export function readAll<T extends Readers>(readers: T): { [K in keyof T]: ReturnType<T[K]> } {
  const problems: ConfigError[] = [];
  const entries = Object.entries(readers).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error);
      return [name, undefined];
    }
  });
  if (problems.length > 0) throw allOf(problems);
  return Object.fromEntries(entries);
}

function allOf(problems: ConfigError[]): LocalProblem {
  const sentences = problems.map(sentenceOf);
  return new LocalProblem({
    en: sentences.map(({ en }) => en).join('\n'),
    zh: sentences.map(({ zh }) => zh).join('\n'),
  });
}
