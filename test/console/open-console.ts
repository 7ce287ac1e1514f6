import { type IncomingHttpHeaders, request } from 'node:http';
import type { ConsoleOptions } from '../../lib/console/deployment.ts';
import { type RunningConsole, startConsole } from '../../lib/console/server.ts';
import { createScriptedCrm } from '../merge/crms.ts';
import { createMergeWorld, TENANT } from '../merge/merge-world.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

type World = ReturnType<typeof createMergeWorld>;

/** A console over a world in memory, and a client that sends exactly what it is told. */
export async function openConsole(
  {
    linkable,
    tenantCrm,
    ...options
  }: Partial<ConsoleOptions> & Pick<ConsoleOptions['deployment'], 'linkable' | 'tenantCrm'> = {},
  world: World = worldOfCommands(),
) {
  let count = 0;
  const running = await startConsole({
    deployment: {
      name: 'merge-sync-test',
      account: '123456789012',
      region: 'ap-southeast-1',
      tenants: [TENANT],
      ledger: world.ledgerOf,
      rates: world.ledger,
      queue: world.queue,
      ...(linkable && { linkable }),
      ...(tenantCrm && { tenantCrm }),
    },
    operator: 'ada',
    allowActions: true,
    language: 'en',
    now: () => world.clock.now,
    newId: () => `bulk-${count++}`,
    newToken: () => `token-${count++}-0123456789abcdef`,
    explain: () => 'explained',
    ...options,
  });
  const cookie = await enter(running);
  return {
    world,
    running,
    cookie,
    port: new URL(running.url).port,
    /** As a browser that is in asks for a page. */
    get: (path: string, headers: Record<string, string> = {}) =>
      send(running.url, path, { headers: { cookie, ...headers } }),
    /** As a form of one of its pages is sent. */
    post: (path: string, form: Record<string, string> | [string, string][]) =>
      send(running.url, path, {
        method: 'POST',
        headers: { cookie, ...FORM },
        body: new URLSearchParams(form).toString(),
      }),
    close: () => running.close(),
  };
}

export const worldOfCommands = () => createMergeWorld({ crm: createScriptedCrm().crm });

const FORM = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };

async function enter(running: RunningConsole): Promise<string> {
  const { pathname, search } = new URL(running.freshUrl());
  const { headers } = await send(running.url, `${pathname}${search}`);
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

export function send(url: string, path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers: { host, ...headers }, setHost: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(parts).toString('utf8'),
        }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
