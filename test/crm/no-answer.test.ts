import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createTls } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCrmClient } from '../../lib/crm/client.ts';
import { CrmError } from '../../lib/errors.ts';
import type { Fetch } from '../../lib/ports.ts';

const open: Server[] = [];
const sockets = new Set<Socket>();
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A write, and what is known of it without an answer. */
async function send(
  baseUrl: string,
  more: { timeoutMs?: number; fetch?: Fetch; headers?: Record<string, string> } = {},
) {
  const { timeoutMs = 5_000, fetch: given = fetch, headers = {} } = more;
  const client = createCrmClient({ vendor: 'acme', baseUrl, fetch: given, timeoutMs });
  const error = await client({ method: 'POST', path: '/merges', label: '/merges', headers, body: '{}' }).then(
    ({ status }) => status,
    (thrown: unknown) => thrown,
  );
  if (typeof error === 'number') return { kind: `answered ${error}`, code: undefined, message: '' };
  expect(error).toBeInstanceOf(CrmError);
  return error as CrmError;
}

const NEVER_SENT = { kind: 'retry-soon', message: expect.stringContaining('was not sent') };
const IN_DOUBT = { kind: 'ambiguous', message: expect.stringContaining('got no answer') };

describe('promise 5: what never connected was never sent', () => {
  it('a closed port', async () => {
    expect(await send(`http://127.0.0.1:${await closedPort()}`)).toMatchObject({ ...NEVER_SENT, code: 'ECONNREFUSED' });
  });

  it.each([1, 6000, 6666, 10080])('port %i, which fetch refuses', async (port) => {
    expect(await send(`http://127.0.0.1:${port}`)).toMatchObject({ ...NEVER_SENT, code: 'BAD_PORT' });
  });

  it.each(['http://no-such-host.invalid', 'http://a..b'])('a name that cannot be resolved: %s', async (url) => {
    expect(await send(url)).toMatchObject({ ...NEVER_SENT, code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) });
  });

  it.each(['ftp://crm.example', 'http://a b', 'http://256.1.1.1', 'merges'])('no address to call: %s', async (url) => {
    expect(await send(url)).toMatchObject(NEVER_SENT);
  });

  it('a header that fetch refuses', async () => {
    const sent = await send('http://127.0.0.1:9999', { headers: { authorization: 'Bearer 中' } });
    expect(sent).toMatchObject({ ...NEVER_SENT, code: 'INVALID_HEADER' });
  });

  it('a certificate that no authority has signed, and no TLS at all', async () => {
    const tls = await listen(createTls(selfSigned(), (_request, response) => response.end()));
    expect(await send(`https://127.0.0.1:${tls}`)).toMatchObject({
      ...NEVER_SENT,
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    const plain = await listen(createHttp((_request, response) => response.end()));
    expect(await send(`https://127.0.0.1:${plain}`)).toMatchObject(NEVER_SENT);
  });

  it('a connection that is cut while it is made', async () => {
    const port = await listen(createServer((socket) => socket.resetAndDestroy()));
    expect(await send(`https://127.0.0.1:${port}`)).toMatchObject(NEVER_SENT);
  });

  it('a connection that is not made within the time-out: TLS that is never answered', async () => {
    const port = await listen(createServer(() => undefined));
    const sent = await send(`https://127.0.0.1:${port}`, { timeoutMs: 300 });
    expect(sent).toMatchObject({ ...NEVER_SENT, code: 'CONNECT_TIMEOUT' });
  });

  it.each([
    { code: 'ECONNREFUSED' },
    { code: 'ETIMEDOUT', syscall: 'connect' },
    { code: 'EACCES', syscall: 'connect' },
    { code: 'EAI_AGAIN', syscall: 'getaddrinfo' },
    { code: 'UND_ERR_CONNECT_TIMEOUT' },
    { code: 'CERT_HAS_EXPIRED' },
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    { message: 'bad port' },
  ])('causes that rule it out, from any fetch: %j', async (cause) => {
    const failing = () => Promise.reject(new TypeError('fetch failed', { cause }));
    expect(await send('https://crm.example', { fetch: failing })).toMatchObject(NEVER_SENT);
  });
});

describe('promise 5: what was sent and not answered is in doubt', () => {
  it('a reset after the request arrived, and an end without an answer', async () => {
    const reset = await listen(createHttp((request) => void request.socket.resetAndDestroy()));
    expect(await send(`http://127.0.0.1:${reset}`)).toMatchObject(IN_DOUBT);
    const end = await listen(createHttp((request) => void request.socket.destroy()));
    expect(await send(`http://127.0.0.1:${end}`)).toMatchObject(IN_DOUBT);
  });

  it('half an answer, and something that is not HTTP', async () => {
    const half = await listen(
      createHttp((_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{', () => response.destroy());
      }),
    );
    expect(await send(`http://127.0.0.1:${half}`)).toMatchObject(IN_DOUBT);
    const noise = await listen(createServer((socket) => void socket.on('data', () => socket.end('noise\r\n\r\n'))));
    expect(await send(`http://127.0.0.1:${noise}`)).toMatchObject(IN_DOUBT);
  });

  it('silence, and an answer that drips: the time-out counts to the last byte', async () => {
    const silent = await listen(createHttp(() => undefined));
    expect(await send(`http://127.0.0.1:${silent}`, { timeoutMs: 300 })).toMatchObject({
      ...IN_DOUBT,
      code: 'TIMEOUT',
    });
    const dripping = await listen(
      createHttp((_request, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      }),
    );
    expect(await send(`http://127.0.0.1:${dripping}`, { timeoutMs: 300 })).toMatchObject({
      ...IN_DOUBT,
      code: 'TIMEOUT',
    });
  });

  it.each([
    { code: 'ECONNRESET' },
    { code: 'EPIPE' },
    { code: 'UND_ERR_SOCKET' },
    { code: 'ETIMEDOUT', syscall: 'read' },
    {},
  ])('causes that say nothing, from any fetch: %j', async (cause) => {
    const failing = () => Promise.reject(new TypeError('fetch failed', { cause }));
    expect(await send('https://crm.example', { fetch: failing })).toMatchObject(IN_DOUBT);
  });

  it('many calls at once are told apart', async () => {
    const silent = await listen(createHttp(() => undefined));
    const neverReady = await listen(createServer(() => undefined));
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        send(index % 2 === 0 ? `http://127.0.0.1:${silent}` : `https://127.0.0.1:${neverReady}`, { timeoutMs: 1_500 }),
      ),
    );
    expect(sent.map(({ kind }) => kind)).toEqual(
      sent.map((_, index) => (index % 2 === 0 ? 'ambiguous' : 'retry-soon')),
    );
  });

  it('407, of which fetch makes an error, is an answer', async () => {
    const port = await listen(createHttp((_request, response) => response.writeHead(407).end()));
    expect((await send(`http://127.0.0.1:${port}`)).kind).toBe('answered 407');
  });
});

/** Made by openssl, as a test's own certificate has to be: a year later a stored one would have expired. */
function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-tls-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...args, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}
