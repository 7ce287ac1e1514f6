import { describeCause } from './describe-cause.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** A file's text, or standard input's for `-`, without a byte order mark. @throws UsageError */
export async function readInput(name: string, io: Pick<Io, 'readStdin' | 'readFile'>): Promise<string> {
  const text = (await read(name, io)).replace(/^\uFEFF/, '');
  if (text.trim() === '') throw new UsageError(`${shown(name)} is empty: it should hold JSON`);
  return text;
}

const shown = (name: string) => (name === '-' ? 'standard input' : name);

async function read(name: string, io: Pick<Io, 'readStdin' | 'readFile'>): Promise<string> {
  try {
    return await (name === '-' ? io.readStdin() : io.readFile(name));
  } catch (error) {
    const cause = describeCause(error);
    if (cause.includes('ERR_ENCODING'))
      throw new UsageError(`${shown(name)} is neither UTF-8 nor UTF-16: save it again as UTF-8`);
    throw new UsageError(`${shown(name)} cannot be read (${cause}): name a file that holds JSON, or - for stdin`);
  }
}
