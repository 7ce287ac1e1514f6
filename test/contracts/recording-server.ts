import { createServer, type IncomingMessage } from 'node:http';
import { listen } from '../../lib/local/listen.ts';

export interface RecordedRequest {
  method: string;
  /** Path and query, as received. */
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** `hang-up` closes the socket without an answer, `silence` never answers. */
export type ScriptedAnswer =
  | { status: number; headers?: Record<string, string>; body?: string }
  | 'hang-up'
  | 'hang-up-in-body'
  | 'silence';

export interface RecordingServer {
  url: string;
  requests: RecordedRequest[];
  close(): Promise<void>;
}

/** A real HTTP server on a free loopback port that answers as told and remembers what it was asked. */
export async function startRecordingServer(
  answer: (request: RecordedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await record(incoming);
    requests.push(request);
    const scripted = await answer(request);
    if (scripted === 'silence') return;
    if (scripted === 'hang-up') return void response.destroy();
    if (scripted === 'hang-up-in-body') {
      response.writeHead(200, { 'content-length': '1000' });
      return void response.write('{', () => response.destroy());
    }
    response.writeHead(scripted.status, scripted.headers).end(scripted.body);
  });
  const port = await listen(server, 0);
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, requests, close };
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
