import { AppError } from '../lib/errors.ts';

const FAILED = 1;
const USAGE = 2;

/** Runs a script of the deployment: what it throws on purpose is shown in words, and the exit code says that it failed. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const problem =
      error instanceof Error ? `${error instanceof AppError ? '' : `${error.name}: `}${error.message}` : 'unknown';
    process.stderr.write(`${problem}\n`);
    process.exitCode = error instanceof AppError ? USAGE : FAILED;
  }
}
