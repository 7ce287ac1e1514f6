import { ConfigError } from '../errors.ts';
import { LocalProblem, sentenceOf } from './local-problem.ts';

type Readers = Record<string, () => unknown>;

/** @returns what each reader gives. @throws LocalProblem with the problems of all of them, one a line. */
export async function readAll<T extends Readers>(readers: T): Promise<{ [K in keyof T]: Awaited<ReturnType<T[K]>> }> {
  const problems: ConfigError[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(readers))
    try {
      values[name] = await read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error);
    }
  if (problems.length > 0) throw allOf(problems);
  return values as { [K in keyof T]: Awaited<ReturnType<T[K]>> };
}

function allOf(problems: ConfigError[]): LocalProblem {
  const sentences = problems.map(sentenceOf);
  return new LocalProblem({
    en: sentences.map(({ en }) => en).join('\n'),
    zh: sentences.map(({ zh }) => zh).join('\n'),
  });
}
