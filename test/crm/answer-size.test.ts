import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type CrmCall, createCrmClient, MAX_ANSWER_BYTES } from '../../lib/crm/client.ts';

let answer: (response: ServerResponse) => void = (response) => response.end();
const server = createServer((_request, response) => answer(response));
let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const call = (repeatable: boolean) => {
  const client = createCrmClient({ vendor: 'acme', baseUrl, fetch, timeoutMs: 20_000 });
  const method: CrmCall['method'] = repeatable ? 'GET' : 'POST';
  return client({ method, path: '/', label: '/', repeatable });
};

describe('an answer', () => {
  it('of 8 MB is read, to the last character', async () => {
    answer = (response) => response.end('字'.repeat(MAX_ANSWER_BYTES / 4));
    expect((await call(true)).text).toHaveLength(MAX_ANSWER_BYTES / 4);
  });

  it('of 100 MB in 98 KB is not unpacked: nothing is kept of it, and the connection is closed', async () => {
    const packed = gzipSync(Buffer.alloc(100 * 1024 * 1024));
    expect(packed.length).toBeLessThan(110_000);
    answer = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    await expect(call(true)).rejects.toMatchObject({ kind: 'permanent', code: 'answer-too-large' });
  });

  it('without an end is left, and what the server still sends is not taken', async () => {
    let closed: () => void;
    const wasClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    answer = (response) => {
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      response.on('close', () => closed());
      more();
    };
    await expect(call(true)).rejects.toMatchObject({ kind: 'permanent', code: 'answer-too-large' });
    await wasClosed;
  });

  it('too large to a write leaves it in doubt; of a server in trouble, it may pass', async () => {
    answer = (response) => response.writeHead(200).end(Buffer.alloc(MAX_ANSWER_BYTES + 1));
    await expect(call(false)).rejects.toMatchObject({ kind: 'ambiguous', code: 'answer-too-large' });
    answer = (response) => response.writeHead(503).end(Buffer.alloc(MAX_ANSWER_BYTES + 1));
    await expect(call(true)).rejects.toMatchObject({ kind: 'retry-soon', code: 'answer-too-large' });
  });
});
