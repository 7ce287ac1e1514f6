import { createServer } from 'node:http';
import { listen } from '../../lib/local/listen.ts';

/** A look-alike behind a socket of this machine. */
export async function listenOn(respond: (url: string, init: RequestInit) => Response) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const body = Buffer.concat(chunks).toString();
    const init = { method: request.method ?? 'GET', headers, ...(body !== '' && { body }) };
    const answer = respond(`http://lookalike${request.url}`, init);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, close };
}
