import { createHubspotCrm } from '../../../lib/crm/hubspot/hubspot.ts';
import { CrmError, type CrmFailure } from '../../../lib/errors.ts';
import type { RecordCrm } from '../../../lib/ports.ts';
import type { HubspotFault } from '../../lookalikes/hubspot.ts';
import { type Account, createAccount, seedContact } from './portal-world.ts';

const NOW = Date.UTC(2026, 10, 24, 1, 2, 3);

let account: Account;
let server: { url: string; close(): Promise<void> };
let crm: RecordCrm;
let ada: string;
let bob: string;

beforeEach(async () => {
  account = createAccount({ now: () => NOW });
  server = await account.listen();
  const timing = { now: () => NOW, sleep: async () => {}, timeoutMs: 20_000 };
  crm = createHubspotCrm({ baseUrl: server.url, token: 'pat-test', fetch, ...timing });
  [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
});

afterEach(async () => {
  await server.close();
  expect(account.broken).toEqual([]);
});

const calls: Record<string, () => Promise<unknown>> = {
  find: () => crm.find(['ada'], []),
  locate: () => crm.locate([ada]),
  merge: () => crm.merge({ survivor: ada, losers: [bob] }),
  update: () => crm.update(ada, { values: { nickname: 'Zhang-13800138000' } }),
  create: () => crm.create?.({ contactId: 'eve', values: {} }) ?? Promise.reject(new Error('cannot create')),
};
const READS = ['find', 'locate'];
const WRITES = ['merge', 'update', 'create'];

async function failing(call: string, fault: Omit<HubspotFault, 'on'>): Promise<CrmError> {
  account.fail({ on: /./, ...fault });
  const error = await calls[call]?.().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CrmError);
  return error as CrmError;
}

const on = (call: string, status: number, more: { headers?: Record<string, string>; body?: unknown } = {}) =>
  failing(call, { when: 'before-effect', answer: { status, ...more } });

describe('every status that HubSpot documents', () => {
  const everywhere: [number, CrmFailure][] = [
    [301, 'permanent'],
    [400, 'permanent'],
    [401, 'auth'],
    [403, 'auth'],
    [409, 'permanent'],
    [414, 'permanent'],
    [423, 'retry-after'],
    [429, 'retry-after'],
    [477, 'retry-after'],
  ];
  const rows = everywhere.flatMap(([status, kind]) =>
    [...READS, ...WRITES].map((call) => [status, call, kind] as const),
  );
  it.each(rows)('%i on %s is %s', async (status, call, kind) => {
    expect((await on(call, status)).kind).toBe(kind);
    expect(account.seen).toHaveLength(1);
  });

  const undecided = [408, 500, 502, 503, 504, 521, 522, 523, 524, 525, 526];
  it.each(undecided.flatMap((status) => READS.map((call) => [status, call] as const)))(
    '%i on %s, which changes nothing, is tried again',
    async (status, call) => {
      expect((await on(call, status)).kind).toBe('retry-soon');
    },
  );
  it.each(undecided.flatMap((status) => WRITES.map((call) => [status, call] as const)))(
    '%i on %s is in doubt, before its effect and after it',
    async (status, call) => {
      expect((await on(call, status)).kind).toBe('ambiguous');
      expect((await failing(call, { when: 'after-effect', answer: { status } })).kind).toBe('ambiguous');
    },
  );

  it.each(['find', 'merge', 'update', 'create'])('404 on %s is permanent', async (call) => {
    expect((await on(call, 404)).kind).toBe('permanent');
  });
});

describe('no answer, over a real socket', () => {
  it.each(WRITES)('a hang-up after %s took effect is in doubt', async (call) => {
    const error = await failing(call, { when: 'after-effect', answer: 'hang-up' });
    expect(error.kind).toBe('ambiguous');
  });

  it('promise 5: a merge whose answer comes too late is in doubt, and locate knows', async () => {
    const impatient = { baseUrl: server.url, token: 'pat-test', fetch, now: () => NOW, sleep: async () => {} };
    crm = createHubspotCrm({ ...impatient, timeoutMs: 100 });
    account.fail({ on: /merge/, when: 'after-effect', answer: { status: 200, body: { id: '1' } }, delayMs: 1_000 });
    await expect(calls.merge?.()).rejects.toMatchObject({ kind: 'ambiguous', code: 'TIMEOUT' });
    const places = await crm.locate([ada, bob]);
    expect(places.get(ada)).toEqual(places.get(bob));
    expect(account.portal.merges()).toBe(1);
  });

  it.each(READS)('a hang-up on %s is tried again', async (call) => {
    expect((await failing(call, { when: 'before-effect', answer: 'hang-up' })).kind).toBe('retry-soon');
  });
});

describe('when to come back', () => {
  it('after a lock: two seconds', async () => {
    expect(await on('merge', 423)).toMatchObject({ kind: 'retry-after', retryAt: NOW + 2_000 });
  });

  it('after the burst limit: when a tenth of the rolling interval that the headers name has freed some calls', async () => {
    const headers = { 'x-hubspot-ratelimit-max': '190', 'x-hubspot-ratelimit-interval-milliseconds': '7000' };
    const body = { status: 'error', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' };
    const error = await on('merge', 429, { headers, body });
    expect(error).toMatchObject({ kind: 'retry-after', retryAt: NOW + 700, code: 'TEN_SECONDLY_ROLLING' });
  });

  it('after the daily limit: an hour, and nothing is sent meanwhile', async () => {
    const body = { status: 'error', errorType: 'RATE_LIMIT', policyName: 'DAILY' };
    const hour = { kind: 'retry-after', retryAt: NOW + 3_600_000 };
    expect(await on('merge', 429, { body })).toMatchObject({ ...hour, code: 'DAILY' });
    for (const call of [...READS, ...WRITES]) {
      const error = await calls[call]?.().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind: 'retry-after', code: 'RATE_BUDGET' });
      expect((error as CrmError).retryAt).toBeGreaterThanOrEqual(hour.retryAt);
    }
    expect(account.seen).toHaveLength(1);
  });

  it.each([
    ['90', NOW + 90_000],
    ['86400', NOW + 86_400_000],
    [undefined, NOW + 600_000],
    ['unclear', NOW + 600_000],
  ])('during a data-centre migration: as Retry-After says (%s)', async (text, retryAt) => {
    const headers: Record<string, string> = text === undefined ? {} : { 'retry-after': text };
    expect(await on('update', 477, { headers })).toMatchObject({ kind: 'retry-after', retryAt });
  });
});

describe('what an error tells', () => {
  const detail = (code: string, context: Record<string, string[]>) => ({
    status: 'error',
    category: 'VALIDATION_ERROR',
    correlationId: 'c',
    message: 'Zhang-13800138000 is not valid',
    errors: [{ message: 'Zhang-13800138000', code, context }],
  });

  it('the vendor’s code and our own property, and no value', async () => {
    const body = detail('INVALID_OPTION', { propertyName: ['nickname'], value: ['Zhang-13800138000'] });
    const error = await on('update', 400, { body });
    expect(error.message).toBe('hubspot: PATCH a contact answered 400; refused for nickname');
    expect(error.code).toBe('INVALID_OPTION.nickname');
    expect(JSON.stringify(error)).not.toContain('Zhang');
  });

  it('no property that we did not send: it may be anything', async () => {
    const error = await on('update', 400, { body: detail('X', { propertyName: ['Zhang'] }) });
    expect(error.message).toBe('hubspot: PATCH a contact answered 400');
  });

  it('the scope that is missing', async () => {
    const body = detail('MISSING', { requiredGranularScopes: ['crm.objects.contacts.write', 'not a scope!'] });
    const error = await on('merge', 403, { body });
    expect(error.message).toBe(
      'hubspot: POST a merge of two contacts answered 403; the key or app lacks a scope: crm.objects.contacts.write',
    );
  });

  it.each([
    [{ category: 'CONFLICT' }, 'CONFLICT'],
    [{ subCategory: 'Sub.CATEGORY', category: 'X' }, 'Sub.CATEGORY'],
    [{ status: 'error', errorType: 'RATE_LIMIT' }, 'RATE_LIMIT'],
    [{ status: 'error', category: 'Zhang San 13800138000' }, '400'],
    [{ status: 'error', category: 7 }, '400'],
    [{ status: 'error', errors: 'none' }, '400'],
  ])('a code where the body %j has one, else the status', async (body, code) => {
    expect((await on('merge', 400, { body: typeof body === 'string' ? body : JSON.stringify(body) })).code).toBe(code);
  });

  it('414 means 250 merges only where HubSpot says so', async () => {
    expect((await on('merge', 414)).code).toBe('414');
  });
});
