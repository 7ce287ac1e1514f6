import { describeCause } from './describe-cause.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** A file's text, or standard input's for `-`, without a byte order mark. @throws UsageError */
export async function readInput(name: string, io: Pick<Io, 'readStdin' | 'readFile'>): Promise<string> {
  const text = (name === '-' ? await io.readStdin() : await readNamed(name, io)).replace(/^\uFEFF/, '');
  if (text.trim() === '')
    throw new UsageError(`${name === '-' ? 'standard input' : name} is empty: it should hold JSON`);
  return text;
}

async function readNamed(name: string, io: Pick<Io, 'readFile'>): Promise<string> {
  try {
    return await io.readFile(name);
  } catch (error) {
    throw new UsageError(
      `${name} cannot be read (${describeCause(error)}): name a file that holds JSON, or - for stdin`,
    );
  }
}
