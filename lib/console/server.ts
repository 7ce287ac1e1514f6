import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createConsoleApp } from './app.tsx';
import type { ConsoleOptions } from './deployment.ts';
import { createSessions } from './security/sessions.ts';

/** Loopback and nothing else: there is no option for another address. */
const HOST = '127.0.0.1';

export interface RunningConsole {
  /** Its address without a token: for links of one who is in already. */
  url: string;
  /** An address that opens it once. @param to a path of it, as `/main/events`. */
  freshUrl(to?: string): string;
  /** When the last request of a browser that is in came, milliseconds since 1970. */
  lastRequestAt(): number;
  close(): Promise<void>;
}

/** Serves the console on a port of the system's choice. @throws what `listen` reports */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const sessions = createSessions(options);
  let port = 0;
  let last = options.now();
  const onLetIn = () => {
    last = options.now();
  };
  const app = createConsoleApp({ options, sessions, port: () => port, onLetIn });
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const started = serve({ fetch: app.fetch, hostname: HOST, port: 0 }, () => resolve(started));
    started.once('error', reject);
  });
  port = (server.address() as AddressInfo).port;
  const url = `http://${HOST}:${port}`;
  return {
    url,
    freshUrl: (to = '/') => `${url}/?t=${sessions.issueToken(to)}`,
    lastRequestAt: () => last,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
