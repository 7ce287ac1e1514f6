import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen as listenAt } from '../../lib/local/listen.ts';
import type { HubspotRequest } from './hubspot-routes.ts';

export type Answered = { status: number; headers: Record<string, string>; text: string };
/** `hang-up` closes the socket without an answer, `silence` never answers. */
export type Outcome = Answered | 'hang-up' | 'silence';

/** An answer, and how long it takes. */
export type Ordered = { outcome: Outcome; delayMs: number };

/** The look-alike on a free loopback port. */
export async function listen(answer: (request: HubspotRequest) => Ordered) {
  const server = createServer((incoming, response) => void serve(answer, incoming, response));
  const port = await listenAt(server, 0);
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

async function serve(
  answer: (request: HubspotRequest) => Ordered,
  incoming: IncomingMessage,
  response: ServerResponse,
) {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://lookalike');
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const body = parse(Buffer.concat(chunks).toString('utf8'));
  const { outcome, delayMs } = answer({
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers,
    body,
  });
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (outcome === 'silence') return;
  if (outcome === 'hang-up') return void response.destroy();
  response.writeHead(outcome.status, { 'content-type': 'application/json', ...outcome.headers }).end(outcome.text);
}

export const parse = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));
