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
    if (isOtherEncoding(error)) throw new UsageError(otherEncoding(shown(name)));
    throw new UsageError(
      `${shown(name)} cannot be read (${describeCause(error)}): name a file that holds JSON, or - for stdin`,
    );
  }
}

/** Whether bytes were read that are no text as `decodeText` takes it. */
export const isOtherEncoding = (error: unknown): boolean => describeCause(error).includes('ERR_ENCODING');

export const otherEncoding = (file: string) => `${file} is neither UTF-8 nor UTF-16: save it again as UTF-8`;
