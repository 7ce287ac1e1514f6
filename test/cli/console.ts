import { randomBytes } from 'node:crypto';
import type { World as CliWorld } from '../../lib/cli/io.ts';
import { main } from '../../lib/cli/main.ts';
import { KEYS, NOW, RECEIVE_ID } from '../dustess/sealing.ts';

export const ENV = {
  DUSTESS_TOKEN: KEYS.token,
  DUSTESS_ENCODING_AES_KEY: KEYS.encodingAesKey,
  DUSTESS_RECEIVE_ID: RECEIVE_ID,
};

export interface Ran {
  code: number;
  out: string;
  err: string;
}

interface World {
  env?: CliWorld['env'];
  stdin?: string;
  /** The clock of a stack that runs beside; a fixed time if left out. */
  now?: CliWorld['now'];
  files?: Record<string, string>;
  fetch?: CliWorld['fetch'];
  randomBytes?: CliWorld['randomBytes'];
  userName?: CliWorld['userName'];
  columns?: CliWorld['columns'];
  ask?: (question: string) => Promise<string>;
  isColoured?: boolean;
}

/** The command in this process, with the vendor's example keys in its environment unless told otherwise. */
export async function run(args: string[], world: World = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, {
    env: world.env ?? ENV,
    readStdin: async () => world.stdin ?? '',
    readFile: async (path) => world.files?.[path] ?? noSuchFile(),
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    fetch: world.fetch ?? fetch,
    now: world.now ?? (() => NOW),
    randomBytes: world.randomBytes ?? randomBytes,
    userName: world.userName ?? (() => undefined),
    ...(world.isColoured && { isColoured: true }),
    ...(world.ask && { ask: world.ask }),
    ...(world.columns && { columns: world.columns }),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

function noSuchFile(): never {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
}
