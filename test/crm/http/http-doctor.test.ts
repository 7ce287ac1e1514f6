import type { Finding } from '../../../lib/crm/finding.ts';
import { examineHttp } from '../../../lib/crm/http/doctor.ts';
import { signWebhook, webhookKeys } from '../../../lib/crm/http/standard-webhooks.ts';
import { type RecordingServer, type ScriptedAnswer, startRecordingServer } from '../../contracts/recording-server.ts';

const SECRET = `whsec_${Buffer.from('a key of the test, 32 bytes long').toString('base64')}`;

let server: RecordingServer;
let answer: ScriptedAnswer = { status: 204 };
beforeAll(async () => {
  server = await startRecordingServer(() => answer);
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(() => server.close());

async function examine(more: { endpoint?: string; secret?: string } = {}): Promise<Map<string, Finding>> {
  const endpoint = `${server.url}/merges?tenant=acme`;
  const options = { endpoint, secret: SECRET, tenant: 'acme', fetch, now: Date.now, timeoutMs: 5_000, ...more };
  const findings = await examineHttp(options);
  for (const { advice } of findings) expect(advice).not.toContain('whsec_');
  return new Map(findings.map((finding) => [finding.check, finding]));
}

async function endpointAfter(scripted: ScriptedAnswer) {
  answer = scripted;
  return (await examine()).get('endpoint');
}

describe('the doctor of an in-house CRM', () => {
  it('posts one signed ping, as the contract has it, and nothing else', async () => {
    answer = { status: 204 };
    const findings = await examine();
    expect([...findings.values()].filter(({ ok }) => !ok)).toEqual([]);
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/merges?tenant=acme' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'ping',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      data: { tenant: 'acme' },
    });
    const { headers = {}, body = '' } = request ?? {};
    const message = { id: headers['webhook-id'] ?? '', timestamp: Number(headers['webhook-timestamp']), body };
    expect(message.id).toMatch(/^ping_\d+$/);
    expect(headers['webhook-signature']).toBe(signWebhook(message, webhookKeys(SECRET)));
  });

  it.each([
    [200, 'accepts a signed ping (200)'],
    [202, 'accepts a signed ping (202)'],
    [400, 'does not know ping (400)'],
    [422, 'does not know ping (422)'],
    [429, 'has no time now (429)'],
  ])('%i is a good sign', async (status, words) => {
    expect(await endpointAfter({ status })).toMatchObject({ ok: true, advice: expect.stringContaining(words) });
  });

  it('200 with JSON that says it failed is named: a merge that fails so would be asked for again', async () => {
    const expected = { ok: true, warning: true, advice: expect.stringContaining('must get a status that says so') };
    expect(await endpointAfter({ status: 200, body: '{"code":404,"msg":"unknown type"}' })).toMatchObject(expected);
  });

  it.each([404, 405, 410, 415])('%i may mean that it is the wrong path', async (status) => {
    const expected = { ok: true, warning: true, advice: expect.stringContaining('is this the path') };
    expect(await endpointAfter({ status })).toMatchObject(expected);
  });

  it.each<[ScriptedAnswer, string]>([
    [{ status: 401 }, 'same secret'],
    [{ status: 403 }, 'same secret'],
    [{ status: 407 }, 'proxy'],
    [{ status: 308 }, 'redirects'],
    [{ status: 500 }, '2xx or 4xx'],
    [{ status: 501 }, '2xx or 4xx'],
    [{ status: 200, body: '<html>Sign in' }, 'not in the receiver’s own words'],
    [{ status: 404, body: '<html>' }, 'not in the receiver’s own words'],
    [{ status: 404, body: '{"message":"Not Found"}' }, 'not in the receiver’s own words'],
    ['hang-up', 'got no answer'],
  ])('%j is a bad one', async (scripted, words) => {
    expect(await endpointAfter(scripted)).toMatchObject({ ok: false, advice: expect.stringContaining(words) });
  });

  it('names what keeps it from connecting', async () => {
    const closed = await startRecordingServer(() => ({ status: 200 }));
    await closed.close();
    const refused = (await examine({ endpoint: closed.url })).get('endpoint');
    expect(refused).toMatchObject({ ok: false, advice: expect.stringContaining('nothing listens at this address') });
    const unknown = (await examine({ endpoint: 'https://no-such-host.invalid' })).get('endpoint');
    expect(unknown).toMatchObject({ ok: false, advice: expect.stringContaining('cannot be resolved') });
    await expect(examine({ endpoint: 'http://127.0.0.1:6000' })).rejects.toThrow('fetch refuses port 6000');
    await expect(examine({ endpoint: 'http://crm.example' })).rejects.toThrow('plain text');
  });

  it('warns of http to another machine', async () => {
    const endpoint = 'http://no-such-host.invalid';
    const options = { endpoint, secret: SECRET, tenant: 'acme', fetch, now: Date.now, timeoutMs: 5_000 };
    const findings = await examineHttp({ ...options, allowInsecure: true });
    const expected = { check: 'transport', ok: true, warning: true, advice: 'contacts travel in plain text: http' };
    expect(findings).toContainEqual(expected);
  });

  it('refuses secrets that anyone can look up', async () => {
    answer = { status: 204 };
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    for (const given of [secret, `${SECRET} ${secret}`])
      expect((await examine({ secret: given })).get('secret')).toMatchObject({
        ok: false,
        advice: expect.stringContaining('keygen --webhook'),
      });
  });
});
