import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../simulation/seeded-random.ts';
import { CALL_TIMEOUT_MS } from './orders.ts';

export interface CrmRequest {
  method: string;
  /** After the tenant's name. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface CrmAnswer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

export interface CrmServer {
  url: string;
  /** No more trouble from now on. */
  calm(): void;
  close(): Promise<void>;
}

/** One HTTP server for all tenants' CRMs, which now and then is busy, hangs up before or after the effect, or is late. */
export async function startCrmServer(
  random: SeededRandom,
  answer: (tenant: string, request: CrmRequest) => CrmAnswer | Promise<CrmAnswer> | undefined,
): Promise<CrmServer> {
  let troubled = true;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const trouble = troubled ? random.next() : 1;
    if (trouble < 0.03) return void response.destroy();
    if (trouble < 0.06) return void response.writeHead(429, { 'retry-after': '2' }).end('{}');
    const [, tenant = '', path = ''] = /^\/([^/]+)(.*)$/.exec(incoming.url ?? '') ?? [];
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const body = Buffer.concat(chunks).toString('utf8');
    const answered = await answer(tenant, { method: incoming.method ?? '', path, headers, body });
    if (!answered) return void response.writeHead(500).end(`there is no tenant ${tenant}`);
    if (trouble < 0.12) return void response.destroy();
    if (trouble < 0.15) await sleep(CALL_TIMEOUT_MS + 100);
    else await sleep(random.below(60));
    response.writeHead(answered.status, { 'content-type': 'application/json', ...answered.headers }).end(answered.body);
  }

  const server = createServer((incoming, response) => {
    incoming.on('error', () => {}); // Its sender was killed.
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calm: () => {
      troubled = false;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
