import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BUILD = path.join(__dirname, '..', '..', 'infra', 'build.mjs');

const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-bundles-'));
let sizes: Record<string, { startupBytes: number; bytes: number }>;

beforeAll(async () => {
  const { stdout } = await run(process.execPath, [BUILD, '--outdir', folder, '--json']);
  sizes = JSON.parse(stdout);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the bundled functions', () => {
  // Every KB read at start-up lengthens the first answer after a pause. The two bare AWS clients are 239 KB, bundled
  // alike but with every source of credentials. A limit is some 3 % above the size of the day it was set: for growth
  // that has a reason. What only one vendor needs is loaded with that vendor's adapter.
  it.each([
    ['receive', 258_000],
    ['apply', 326_000], // With the settings of each kind of CRM; the rest of an adapter is read on demand.
    ['reconcile', 233_000],
    ['notify', 326_000], // With the client of SSM, read at each run, and the words of every alarm.
  ])('%s reads at most %i bytes before it can answer', (name, limit) => {
    expect(sizes[name]?.startupBytes).toBeLessThanOrEqual(limit);
    expect(sizes[name]?.startupBytes).toBeGreaterThan(limit * 0.8); // Otherwise the limit says nothing any more.
  });

  // Node's own modules are not free either: `net` takes six milliseconds, and the SDK loads it with its first request.
  it.each(['receive', 'apply', 'reconcile', 'notify'])('%s does not load node:net at start-up', (name) => {
    const files = readdirSync(path.join(folder, name)).filter((file) => file.endsWith('.mjs'));
    const loading = files.filter((file) =>
      /from ?"(node:)?net"/.test(readFileSync(path.join(folder, name, file), 'utf8')),
    );
    expect(files).toContain('index.mjs');
    expect(loading).toEqual([]);
  });

  // `apply` has the numbering plans of all countries for linking, some 145 KB, and the client of EventBridge, 19 KB. It is
  // read in parts as it needs them.
  it.each([
    ['receive', 580_000],
    ['apply', 850_000], // Each adapter is in it; only a tenant's own is read.
  ])('%s is at most %i bytes in all', (name, limit) => {
    expect(sizes[name]?.bytes).toBeLessThanOrEqual(limit);
  });

  it('sign with the credentials that Lambda puts into the environment', async () => {
    const { headers, status } = await firstRequest();
    expect(headers?.authorization).toContain('Credential=FROMENVIRONMENT/');
    expect(headers?.['x-amz-security-token']).toBe('session');
    expect(status).toBe(503); // The parameter store below has nothing to say.
  }, 120_000);
});

/** What `receive` first asks AWS for when a callback comes: its tenant's keys. */
async function firstRequest(): Promise<{ headers: IncomingHttpHeaders | undefined; status: number }> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end('{"__type":"ParameterNotFound"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', CALL], { env: envWith(port) });
    return { headers: seen[0], status: JSON.parse(stdout.trim().split('\n').at(-1) ?? '').statusCode };
  } finally {
    server.close();
  }
}

const CALL = `
  const { handler } = await import(${JSON.stringify(pathToFileURL(path.join(folder, 'receive', 'index.mjs')).href)});
  const event = {
    requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } }, pathParameters: { tenant: 'main' }, body: '{}',
  };
  console.log(JSON.stringify(await handler(event, { awsRequestId: 'r' })));`;

const envWith = (port: number) => ({
  PATH: process.env.PATH,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'FROMENVIRONMENT',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session',
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  TENANTS: 'main',
  EVENTS_TABLE: 'events',
  QUEUE_URL: `http://127.0.0.1:${port}/queue`,
  SETTINGS_PREFIX: '/test',
});
