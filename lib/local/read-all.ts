import { ConfigError } from '../errors.ts';

type Readers = Record<string, () => unknown>;

/** @returns what each reader gives. @throws ConfigError with the problems of all of them, one a line. */
export function readAll<T extends Readers>(readers: T): { [K in keyof T]: ReturnType<T[K]> } {
  const problems: string[] = [];
  const entries = Object.entries(readers).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error.message);
      return [name, undefined];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return Object.fromEntries(entries);
}
