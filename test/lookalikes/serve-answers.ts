import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A CRM's look-alike, whose `respond` answers one request, behind a free port of this machine. */
export async function serveAnswers(respond: (url: string, init: RequestInit) => Response | Promise<Response>) {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const body = await text(request);
    const named = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const answer = await respond(`http://${headers.host}${url}`, { method, headers: named, ...(body && { body }) });
    response.writeHead(answer.status, [...answer.headers].flat()).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
