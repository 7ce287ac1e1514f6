import { generateKeyPairSync } from 'node:crypto';
import { createSalesforceSession } from '../../../lib/crm/salesforce/oauth.ts';
import { createStaticSession } from '../../../lib/crm/salesforce/session.ts';
import type { SalesforceCredentials } from '../../../lib/crm/salesforce/settings.ts';
import { ConfigError } from '../../../lib/errors.ts';
import { createSalesforceLookalike } from '../../lookalikes/salesforce.ts';
import { closeWorlds, failureOf, NOW, openWorld } from './world.ts';

const SECRET = { clientId: 'client', clientSecret: 'secret' };
afterEach(closeWorlds);

const signedIn = (credentials: SalesforceCredentials = SECRET, now = () => NOW, timeoutMs = 10_000) => ({
  session: (instanceUrl: string) => createSalesforceSession({ instanceUrl, credentials, fetch, now, timeoutMs }),
});

describe('a token', () => {
  it('is asked for once and used until it is rejected', async () => {
    const { crm, lookalike } = await openWorld(signedIn());
    for (let time = 0; time < 3; time++) await crm.find(['ada'], []);
    expect(lookalike.sessions.requests).toBe(1);
  });

  it('that ends in the middle of a merge is renewed, and the merge done once', async () => {
    const { crm, lookalike } = await openWorld(signedIn());
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    await crm.find(['ada'], []);
    lookalike.sessions.expireAll();
    await crm.merge({ survivor: ada, losers: [bob] });
    expect([lookalike.sessions.requests, lookalike.org.absorbed]).toEqual([2, 1]);
  });

  it('that many calls find rejected at once is renewed once', async () => {
    const { crm, lookalike } = await openWorld(signedIn());
    await crm.find(['ada'], []);
    lookalike.sessions.expireAll();
    await Promise.all(Array.from({ length: 20 }, () => crm.find(['ada'], [])));
    expect(lookalike.sessions.requests).toBe(2);
  });

  it('rejected again after it was renewed is a matter of credentials: no endless loop', async () => {
    const { crm, lookalike } = await openWorld(signedIn());
    lookalike.faults.add({ on: 'any', how: { code: 'INVALID_SESSION_ID' }, times: 0 });
    lookalike.faults.add({ on: 'query', how: { code: 'INVALID_SESSION_ID' }, times: 99 });
    const error = await failureOf(crm.find(['ada'], []));
    expect([error.kind, error.code]).toEqual(['auth', 'INVALID_SESSION_ID']);
    expect(lookalike.requests.map(({ operation }) => operation)).toEqual(['token', 'query', 'token', 'query']);
  });

  it('given out again though it was just rejected is not tried again, nor asked for by every call', async () => {
    let now = NOW;
    const { crm, lookalike } = await openWorld({
      quirks: { sameTokenAgain: true },
      ...signedIn(SECRET, () => now),
    });
    for (let time = 0; time < 5; time++) expect((await failureOf(crm.find(['ada'], []))).kind).toBe('auth');
    expect(lookalike.sessions.requests).toBe(2);
    now += 60_001;
    await failureOf(crm.find(['ada'], []));
    expect(lookalike.sessions.requests).toBe(3);
  });

  it('in JWT format is not even tried: SOAP does not take it', async () => {
    const { crm, lookalike } = await openWorld({ quirks: { jwtTokens: true }, ...signedIn() });
    const error = await failureOf(crm.find(['ada'], []));
    expect([error.kind, error.code]).toEqual(['auth', 'JWT_FORMAT_TOKEN']);
    expect(error.message).toContain('switch "Issue JWT-based access tokens" off');
    expect(lookalike.requests.map(({ operation }) => operation)).toEqual(['token']);
    expect(() => createStaticSession('eyJhbGciOiJSUzI1NiJ9.eyJuIjoxfQ.c2ln')).toThrow(ConfigError);
  });

  it('from the settings cannot be renewed', async () => {
    const { crm, lookalike } = await openWorld();
    lookalike.sessions.expireAll();
    const error = await failureOf(crm.find(['ada'], []));
    expect(error.kind).toBe('auth');
    expect(error.message).toContain('put a new one into the settings');
    expect(lookalike.requests).toHaveLength(1);
  });

  it('that cannot be had now is asked for again by the next call; nothing has happened in between', async () => {
    const { crm, lookalike } = await openWorld(signedIn(SECRET, () => NOW, 3_000));
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    lookalike.faults.add({ on: 'token', how: 'hang-up' }, { on: 'token', how: 'silence' });
    lookalike.faults.add({ on: 'token', how: { status: 503, body: '<html>' } });
    for (let time = 0; time < 3; time++)
      expect((await failureOf(crm.merge({ survivor: ada, losers: [bob] }))).kind).toBe('retry-soon');
    await crm.merge({ survivor: ada, losers: [bob] });
    expect(lookalike.org.absorbed).toBe(1);
  });

  it('refused to a wrong secret is a matter of credentials, without the secret in the error', async () => {
    const { crm, lookalike } = await openWorld(signedIn({ clientId: 'client', clientSecret: 'wrong-secret' }));
    const error = await failureOf(crm.find(['ada'], []));
    expect([error.kind, error.code]).toEqual(['auth', 'invalid_client']);
    expect(`${error.message}${error.stack}`).not.toContain('wrong-secret');
    await failureOf(crm.find(['ada'], []));
    expect(lookalike.sessions.requests).toBe(1);
  });
});

describe('a JWT assertion', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const app = {
    clientId: 'client',
    clientSecret: 'secret',
    username: 'sync@example.com',
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
  const credentials = { clientId: 'client', username: 'sync@example.com', privateKey: pem };

  it('signed with the tenant’s key gets a token', async () => {
    const { crm } = await openWorld({ app, ...signedIn(credentials) });
    expect(await crm.find(['ada'], [])).toEqual([]);
  });

  it('for another user, or from a clock that is wrong, does not', async () => {
    const stranger = await openWorld({ app, ...signedIn({ ...credentials, username: 'else@example.com' }) });
    expect((await failureOf(stranger.crm.find(['ada'], []))).code).toBe('invalid_grant');
    const late = await openWorld({ app, ...signedIn(credentials, () => NOW - 600_000) });
    const error = await failureOf(late.crm.find(['ada'], []));
    expect(error.message).toContain('is this clock right?');
  });

  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each([
    ['no key at all', 'no key'],
    ['a key of another type', curve.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ])('needs an RSA key, not %s', (_, privateKey) => {
    const { session } = signedIn({ ...credentials, privateKey });
    expect(() => session('https://acme.my.salesforce.com')).toThrow(ConfigError);
    expect(() => session('https://acme.my.salesforce.com')).toThrow('is not an RSA private key in PEM form');
    expect(() => session('https://acme.my.salesforce.com')).not.toThrow(/no key|BEGIN/);
  });

  it('for a sandbox names the sandboxes’ audience', async () => {
    const audiences: unknown[] = [];
    const spy = async (_url: string, init: RequestInit) => {
      const assertion = new URLSearchParams(String(init.body)).get('assertion') ?? '';
      audiences.push(JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()).aud);
      return new Response('{}', { status: 400 });
    };
    const hosts = ['https://acme--dev.sandbox.my.salesforce.com', 'https://acme.my.salesforce.com'];
    for (const instanceUrl of hosts) {
      const session = createSalesforceSession({ instanceUrl, credentials, fetch: spy, now: () => NOW, timeoutMs: 300 });
      await failureOf(session.token());
    }
    expect(audiences).toEqual(['https://test.salesforce.com', 'https://login.salesforce.com']);
  });
});

it('the look-alike gives tokens to no other flow', () => {
  const { sessions } = createSalesforceLookalike();
  const answer = sessions.answer('grant_type=password&username=x&password=y');
  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('unsupported_grant_type') });
});
