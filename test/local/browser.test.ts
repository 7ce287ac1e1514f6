import { request } from 'node:http';
import { connect } from 'node:net';
import { type GuardOptions, refusalOf } from '../../lib/local/guard-server.ts';
import { eventually, getJson, KEYS_ENV, mergeBody, post, sealedEnvelope, verifyUrl, viewEvent } from './sender.ts';
import { killAll, type StackProcess, startStack } from './stack-process.ts';

jest.setTimeout(120_000);

let stack: StackProcess;
let places: Record<string, string>;
const TUNNEL = 'abc.ngrok.example';

beforeAll(async () => {
  stack = await startStack({ ...KEYS_ENV, SAMPLE: '0', TUNNEL_HOST: `https://${TUNNEL}/` });
  const { dynamodb, sqs } = await getJson<{ dynamodb: string; sqs: string }>(`${stack.url}/_local/stack`);
  const { AWS_ENDPOINT_URL_DYNAMODB = '', AWS_ENDPOINT_URL_SQS = '' } = process.env;
  places = {
    gateway: stack.url,
    'demo CRM': stack.demoUrl,
    DynamoDB: dynamodb,
    SQS: sqs,
    'DynamoDB of the tests': AWS_ENDPOINT_URL_DYNAMODB,
    'SQS of the tests': AWS_ENDPOINT_URL_SQS,
  };
});
afterAll(async () => {
  await stack?.end();
  killAll();
});

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** `fetch` chooses Host, Origin and Sec-Fetch-* itself; a page's browser does not ask it. */
function send(url: string, { method = 'GET', path = '/', headers = {}, body }: Sent) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
    const sending = request(url + path, { method, headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers }));
    });
    sending.on('error', reject).end(body);
  });
}

const PLACES = ['gateway', 'demo CRM', 'DynamoDB', 'SQS', 'DynamoDB of the tests', 'SQS of the tests'];

const PUT_ITEM = {
  method: 'POST',
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.PutItem',
    'x-amz-date': '20261127T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=a/20261127/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
  },
  body: JSON.stringify({ TableName: 'merge-sync-local-events', Item: { pk: { S: 'page' }, sk: { S: 'page' } } }),
};

/** What a page can make a browser send; each with what the browser adds by itself. */
const PAGES: [string, Sent][] = [
  ['a script of another origin', { ...PUT_ITEM, headers: { ...PUT_ITEM.headers, origin: 'https://evil.example' } }],
  ['a page from a file or a sandboxed frame', { ...PUT_ITEM, headers: { ...PUT_ITEM.headers, origin: 'null' } }],
  ['another local server', { ...PUT_ITEM, headers: { ...PUT_ITEM.headers, origin: 'http://127.0.0.1:1' } }],
  ['another local server by name', { ...PUT_ITEM, headers: { ...PUT_ITEM.headers, origin: 'http://localhost:8888' } }],
  [
    'a preflight',
    {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-amz-target,authorization',
        'access-control-request-private-network': 'true',
      },
    },
  ],
  [
    'a form',
    { method: 'POST', headers: { origin: 'https://evil.example', 'content-type': 'text/plain' }, body: '{"id":"x"}' },
  ],
  ['an image or a script tag', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }],
  ['an image of another local server', { headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' } }],
  [
    'a frame',
    { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } },
  ],
  ['a page whose name was bound to 127.0.0.1', { ...PUT_ITEM, headers: { ...PUT_ITEM.headers, host: 'evil.example' } }],
  ['such a page, with a port', { headers: { host: 'evil.example:3000' } }],
  ['a name that begins like ours', { headers: { host: 'localhost.evil.example' } }],
  ['a name that ends like ours', { headers: { host: 'evil-localhost' } }],
  ['an address of the network', { headers: { host: '192.168.1.2:3000' } }],
];

describe.each(PLACES)('B1: a page in the developer’s browser, at the %s', (place) => {
  it.each(PAGES)('is refused: %s', async (_what, sent) => {
    for (const path of ['/', '/callback/local', '/contacts', '/_local/stack', '/_fauxqs/queues']) {
      const answer = await send(places[place] ?? '', { ...sent, path });
      expect({ path, status: answer.status }).toEqual({ path, status: 403 });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it.each(['GET /contacts HTTP/1.0', 'GET /contacts HTTP/1.1\r\nHost: '])(
    'is refused without a name: %j',
    async (head) => {
      const { hostname, port } = new URL(places[place] ?? '');
      const socket = connect({ host: hostname, port: Number(port) });
      socket.write(`${head}\r\n\r\n`);
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toMatch(/^HTTP\/1\.1 403 /);
    },
  );
});

describe('B1: what may come', () => {
  it('pages of our own, in a form or by a link from elsewhere', async () => {
    const own = { host: new URL(stack.demoUrl).host, origin: stack.demoUrl, 'content-type': 'application/json' };
    const body = JSON.stringify({ id: 'own-page', fields: { remark: 'x' } });
    const posted = await send(stack.demoUrl, { method: 'POST', path: '/contacts', headers: own, body });
    expect(posted.status).toBe(201);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await send(stack.demoUrl, { headers: link })).status).toBe(200);
    const typed = { 'sec-fetch-site': 'none', host: `localhost:${new URL(stack.url).port}` };
    expect((await send(stack.url, { path: '/healthz', headers: typed })).status).toBe(200);
  });

  it('尘锋 through the tunnel that TUNNEL_HOST names: the callback URL, and nothing else', async () => {
    const forwarded = { host: TUNNEL, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-host': TUNNEL };
    const body = sealedEnvelope('tunnelled', mergeBody('t-main', ['t-loser']));
    const json = { ...forwarded, 'content-type': 'application/json' };
    const callback = { method: 'POST', path: '/callback/local', headers: json, body };
    expect((await send(stack.url, callback)).status).toBe(200);
    await eventually(stack.url, 'tunnelled', ['skipped']);
    for (const path of ['/_local/events/local/tunnelled', '/_local/stack', '/healthz'])
      expect((await send(stack.url, { path, headers: forwarded })).status).toBe(403);
    expect((await send(stack.demoUrl, { path: '/contacts', headers: forwarded })).status).toBe(403);
  });

  it('a tunnel that writes localhost into Host reaches the callback URL, and nothing else', async () => {
    const host = new URL(stack.url).host;
    for (const header of ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'x-real-ip', 'cf-connecting-ip']) {
      const headers = { host, [header]: '203.0.113.7', 'content-type': 'application/json' };
      const sent = {
        path: '/callback/local',
        method: 'POST',
        headers,
        body: sealedEnvelope(header, mergeBody(header, ['b'])),
      };
      expect((await send(stack.url, sent)).status).toBe(200);
      expect((await send(stack.url, { path: `/_local/events/local/${header}`, headers })).status).toBe(403);
    }
    expect((await viewEvent(stack.url, 'x-real-ip')).status).toBe(200);
  });

  it('without TUNNEL_HOST no name but loopback; the answer and the log say what to set', async () => {
    const plain = await startStack({ ...KEYS_ENV, SAMPLE: '0' });
    const answer = await send(plain.url, { path: '/callback/local', headers: { host: TUNNEL } });
    expect(answer.status).toBe(403);
    expect(await verifyUrl(`${plain.url}/callback/local`, 'echo')).toEqual({ status: 200, text: 'echo' });
    await plain.end();
    expect(plain.stdout()).toMatch(/request refused {2}foreign-host/);
  });

  it('the AWS SDK, and a body of text/plain from no page at all', async () => {
    const answer = await post(`${stack.url}/callback/local`, sealedEnvelope('typed', mergeBody('x', ['y'])), {
      'content-type': 'text/plain',
    });
    expect(answer.status).toBe(200);
    await eventually(stack.url, 'typed', ['skipped']);
  });
});

describe('the check in front of a server', () => {
  const options: GuardOptions = { pages: true, tunnelPath: '/callback/' };
  const refusal = (headers: Record<string, string>, url = '/') => refusalOf({ method: 'GET', headers, url }, options);

  it.each(['127.0.0.1', '127.0.0.1:3000', 'LOCALHOST:3000', '[::1]:3000'])('takes %s for this machine', (host) => {
    expect(refusal({ host })).toBeUndefined();
  });

  it.each([
    [{ host: '127.0.0.1.nip.io' }, 'foreign-host'],
    [{ host: '127.0.0.1:3000, evil.example' }, 'foreign-host'],
    [{ host: '127.0.0.1:3000', origin: 'https://127.0.0.1:3000' }, 'foreign-origin'],
    [{ host: '127.0.0.1:3000', origin: 'http://localhost:3000' }, 'foreign-origin'],
    [{ host: '127.0.0.1:3000', forwarded: 'for=203.0.113.7' }, 'forwarded'],
  ])('refuses %j as %s', (headers, reason) => {
    expect(refusal(headers)).toBe(reason);
  });

  it('takes no name for the tunnel where none is set', () => {
    expect(refusal({ host: '' }, '/callback/local')).toBe('foreign-host');
    expect(refusal({ host: 'undefined' }, '/callback/local')).toBe('foreign-host');
  });
});

describe('a program that hangs up in the middle of a request', () => {
  it.each(['DynamoDB', 'SQS', 'gateway', 'demo CRM'])('does not end the stack: %s', async (place) => {
    const { hostname, port, host } = new URL(places[place] ?? '');
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write(
      `POST /contacts HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);
    expect(stack.child.exitCode).toBeNull();
  });
});
