import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type GatewayHandler, startGateway } from '../../lib/local/gateway.ts';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

let gateway: Gateway;
let answer: GatewayHandler;
let seen: APIGatewayProxyEventV2;

beforeAll(async () => {
  const handler: GatewayHandler = async (event) => {
    seen = event;
    return answer(event);
  };
  gateway = await startGateway(
    { 'GET /a/{name}': handler, 'POST /a/{name}': handler },
    { port: 0, now: () => 1_700_000_000_000 },
  );
});
afterAll(() => gateway.close(0));
beforeEach(() => {
  answer = async () => ({ statusCode: 204 });
});

describe('a function behind the API Gateway look-alike', () => {
  it('gets a request as payload format 2.0 has it', async () => {
    await fetch(`${gateway.url}/a/b%2Fc%20d?x=1&x=2&y=a+b%2B`, { headers: { 'X-One': 'Two', cookie: 'k=v; l=w' } });
    expect(seen).toMatchObject({
      version: '2.0',
      routeKey: 'GET /a/{name}',
      rawPath: '/a/b%2Fc%20d',
      rawQueryString: 'x=1&x=2&y=a+b%2B',
      cookies: ['k=v', 'l=w'],
      queryStringParameters: { x: '1,2', y: 'a b+' },
      pathParameters: { name: 'b/c d' },
      isBase64Encoded: false,
      requestContext: {
        http: { method: 'GET', path: '/a/b%2Fc%20d', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        timeEpoch: 1_700_000_000_000,
      },
    });
    expect(seen.headers).toMatchObject({ 'x-one': 'Two' });
    expect(seen.headers).not.toHaveProperty('cookie');
    expect(seen.body).toBeUndefined();
  });

  it.each<[string | undefined, boolean]>([
    ['application/json', false],
    ['Application/JSON; charset=utf-8', false],
    ['application/cloudevents+json', false],
    ['text/xml', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    [undefined, true],
  ])('gets a body of type %s with isBase64Encoded %s', async (type, base64) => {
    const body = Buffer.from('{"名":"值 👋"}');
    await fetch(`${gateway.url}/a/b`, { method: 'POST', body, ...(type && { headers: { 'content-type': type } }) });
    expect(seen.isBase64Encoded).toBe(base64);
    expect(Buffer.from(seen.body ?? '', base64 ? 'base64' : 'utf8')).toEqual(body);
  });

  it('gets a compressed body as it came', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    await fetch(`${gateway.url}/a/b`, { method: 'POST', body: Buffer.from([31, 139, 8, 0]), headers });
    expect(seen).toMatchObject({ isBase64Encoded: true, body: 'H4sIAA==' });
  });

  it('answers with status, headers and body; base64 becomes bytes', async () => {
    answer = async () => ({ statusCode: 201, headers: { 'x-a': 'b' }, body: 'AP8=', isBase64Encoded: true });
    const response = await fetch(`${gateway.url}/a/b`);
    expect([response.status, response.headers.get('x-a')]).toEqual([201, 'b']);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255]);
  });

  it('that fails is a 500 without a word about why', async () => {
    answer = async () => {
      throw new Error('secret');
    };
    const response = await fetch(`${gateway.url}/a/b`);
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  it('is not asked about a path with a broken escape', async () => {
    expect((await fetch(`${gateway.url}/a/%E0%A4%A`)).status).toBe(400);
  });
});
