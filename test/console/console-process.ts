import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import manifest from '../../package.json';
import { send } from './open-console.ts';

export type ConsoleProcess = Awaited<ReturnType<typeof startConsoleProcess>>;

const BIN = path.join(__dirname, '../..', manifest.bin['merge-sync']);

/** `merge-sync console` as a process of its own, and a browser's cookie for it. */
export async function startConsoleProcess(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [BIN, 'console', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.on('data', (part) => {
    err += part;
  });
  const exited = once(child, 'exit');
  const failed = exited.then(([code]) => {
    throw new Error(`the console ended with ${code}: ${err}`);
  });
  const [line] = await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => undefined);
  const { origin, pathname, search } = new URL(String(line).trim());
  const { headers } = await send(origin, `${pathname}${search}`);
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const form = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
  return {
    get: (to: string) => send(origin, to, { headers: { cookie } }),
    post: (to: string, fields: Record<string, string>) =>
      send(origin, to, {
        method: 'POST',
        headers: { cookie, ...form },
        body: new URLSearchParams(fields).toString(),
      }),
    async end() {
      child.kill('SIGINT');
      await exited;
    },
  };
}
