import { readSettings } from '../../../lib/config.ts';
import { createSalesforceSession } from '../../../lib/crm/salesforce/oauth.ts';
import { SalesforceCredentialsSchema } from '../../../lib/crm/salesforce/settings.ts';
import { LASTING_SIGN_IN_ERRORS, PASSING_SIGN_IN_ERRORS } from '../../../lib/crm/salesforce/sign-in-failures.ts';
import type { CrmFailure } from '../../../lib/errors.ts';
import type { Fault } from '../../lookalikes/salesforce/faults.ts';
import { closeWorlds, failureOf, NOW, openWorld } from './world.ts';

const CREDENTIALS = { clientId: 'client', clientSecret: 'secret' };
const NAME = 'zhang.san@example.com';

afterEach(closeWorlds);

async function open(...faults: Fault['how'][]) {
  const clock = { now: NOW };
  const timeoutMs = faults.includes('silence') ? 2_000 : 20_000;
  const world = await openWorld({
    adapter: { timeoutMs: 20_000 },
    session: (instanceUrl) =>
      createSalesforceSession({ instanceUrl, credentials: CREDENTIALS, fetch, now: () => clock.now, timeoutMs }),
  });
  const pair = { survivor: world.lookalike.seed('ada'), losers: [world.lookalike.seed('bob')] };
  world.lookalike.faults.add(...faults.map((how) => ({ on: 'token' as const, how })));
  return { ...world, clock, merge: () => world.crm.merge(pair) };
}

describe('a refusal of the token endpoint that passes', () => {
  it.each<[string, Fault['how'], CrmFailure, number | undefined]>([
    ...PASSING_SIGN_IN_ERRORS.filter((code) => code !== 'rate_limit_exceeded').map(
      (code): [string, Fault['how'], CrmFailure, undefined] => [code, { code }, 'retry-soon', undefined],
    ),
    ['rate_limit_exceeded', { code: 'rate_limit_exceeded' }, 'retry-after', 60_000],
    ['a login rate in words', { code: 'invalid_grant', message: 'login rate exceeded' }, 'retry-after', 60_000],
    ['a number of logins', { code: 'invalid_grant', message: 'Number of logins exceeded' }, 'retry-after', 60_000],
    ['a request to retry', { code: 'invalid_request', message: 'retry your request' }, 'retry-soon', undefined],
    ['maintenance', { code: 'invalid_grant', message: 'organization is in maintenance' }, 'retry-soon', undefined],
    ['its own word with a 5xx', { code: 'invalid_client', status: 500 }, 'retry-soon', undefined],
    ['a wait', { code: 'unknown_error', headers: { 'retry-after': '30' } }, 'retry-after', 30_000],
    ['429', { status: 429 }, 'retry-soon', undefined],
    ['429 with a wait', { status: 429, headers: { 'retry-after': '600' } }, 'retry-after', 600_000],
    [
      '429 with a wait and a word',
      { code: 'invalid_grant', status: 429, headers: { 'retry-after': '600' } },
      'retry-after',
      600_000,
    ],
    ['503 with a wait', { status: 503, body: '<html>', headers: { 'retry-after': '120' } }, 'retry-after', 120_000],
    ['500', { status: 500 }, 'retry-soon', undefined],
    ['502 of a proxy', { status: 502, body: '<html>' }, 'retry-soon', undefined],
    ['404 of a proxy', { status: 404, body: '<html>404 Not Found</html>' }, 'retry-soon', undefined],
    ['400 of a proxy', { status: 400, body: '<html>' }, 'retry-soon', undefined],
    ['a redirect', { status: 302, headers: { location: 'https://status.example' } }, 'retry-soon', undefined],
    [
      'a page instead of a token',
      { status: 200, body: '<html>We are down for maintenance</html>' },
      'retry-soon',
      undefined,
    ],
    ['half an answer', { status: 200, body: '{"access_tok' }, 'retry-soon', undefined],
    ['a token that no header can carry', { status: 200, body: '{"access_token":"a\\nb"}' }, 'retry-soon', undefined],
    ['silence', 'silence', 'retry-soon', undefined],
    ['a connection that ends', 'hang-up', 'retry-soon', undefined],
  ])('%s: is tried again, and the merge is done once', async (_, how, kind, waitMs) => {
    const { merge, lookalike, clock } = await open(how);
    const error = await failureOf(merge());
    expect([error.kind, error.retryAt]).toEqual([kind, waitMs === undefined ? undefined : NOW + waitMs]);
    if (waitMs !== undefined) {
      clock.now += waitMs - 1;
      expect((await failureOf(merge())).kind).toBe(kind);
      expect(lookalike.requests).toHaveLength(1); // Not asked before the time.
      clock.now += 1;
    }
    await merge();
    expect(lookalike.org.absorbed).toBe(1);
  });

  it('silence costs one time-out however many calls wait for the token', async () => {
    const { crm, lookalike } = await open('silence');
    const failures = await Promise.all(Array.from({ length: 10 }, () => failureOf(crm.find(['ada'], []))));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['TIMEOUT']));
    expect(lookalike.requests).toHaveLength(1);
  });
});

describe('a refusal of the token endpoint that lasts', () => {
  it.each([...Object.keys(LASTING_SIGN_IN_ERRORS), 'a_new_one'])('%s is a matter of credentials', async (code) => {
    const { merge, lookalike } = await open({ code, message: `user ${NAME} is not what it should be` });
    const error = await failureOf(merge());
    expect([error.kind, error.code, error.retryAt]).toEqual(['auth', code, undefined]);
    expect(error.message).not.toContain(NAME);
    const advice = Object.entries(LASTING_SIGN_IN_ERRORS).find(([known]) => known === code)?.[1];
    expect(error.message).toBe(`salesforce: sign-in was refused with ${code}${advice ? ` (${advice})` : ''}`);
    await failureOf(merge());
    expect(lookalike.requests).toHaveLength(1);
  });

  it.each([400, 401, 403, 410])('an answer %d without a word of its own is one, too', async (status) => {
    const { merge } = await open({ status, body: '' });
    expect((await failureOf(merge())).kind).toBe('auth');
  });
});

describe('credentials that cannot work are refused with the key that is wrong, and without the value', () => {
  const read = (credentials: unknown) => () => readSettings(SalesforceCredentialsSchema, 'credentials', credentials);

  it.each<[string, object, string]>([
    ['a token with a line break', { token: 'secret-token\n' }, 'token: must not contain spaces'],
    ['a secret with a space', { clientId: 'a', clientSecret: 'secret token' }, 'clientSecret: must not contain spaces'],
    ['half of two ways', { clientId: 'a' }, 'clientSecret is missing'],
  ])('%s', (_, credentials, message) => {
    expect(read(credentials)).toThrow(message);
    expect(read(credentials)).not.toThrow(/secret.token/);
  });
});
