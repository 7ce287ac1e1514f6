import type { Finding } from '../../../lib/crm/finding.ts';
import { examineHubspot, type HubspotExamination } from '../../../lib/crm/hubspot/doctor.ts';
import { ALL_SCOPES, createHubspotLookalike, type HubspotLookalikeOptions } from '../../lookalikes/hubspot.ts';
import { property } from '../../lookalikes/hubspot-account.ts';
import { createAccount } from './portal-world.ts';

const NOW = Date.UTC(2026, 10, 24);

async function examine(
  hubspot: ReturnType<typeof createHubspotLookalike>,
  more: Partial<HubspotExamination> = {},
): Promise<Map<string, Finding>> {
  const findings = await examineHubspot({
    token: 'pat-test',
    fetch: hubspot.fetch,
    now: () => NOW,
    sleep: async () => {},
    timeoutMs: 1_000,
    mapped: new Map(),
    creates: false,
    fix: false,
    ...more,
  });
  for (const { advice } of findings) {
    expect(advice).not.toBe('');
    expect(advice).not.toContain('pat-');
  }
  return new Map(findings.map((finding) => [finding.check, finding]));
}

const mappedTo = (...names: string[]) => new Map(names.map((name) => [name, []]));
const goodAccount = (options: Partial<HubspotLookalikeOptions> = {}) => createAccount({ now: () => NOW, ...options });
const freshAccount = (options: Partial<HubspotLookalikeOptions> = {}) =>
  createHubspotLookalike({ now: () => NOW, ...options });
const wrongOnes = (findings: Map<string, Finding>) => [...findings.values()].filter(({ ok }) => !ok);

describe('the doctor of a HubSpot account', () => {
  it('finds nothing wrong with a good one, changes nothing and touches no contact', async () => {
    const account = goodAccount({ limit: { calls: 190, intervalMs: 10_000, daily: 650_000 } });
    const findings = await examine(account, { mapped: mappedTo('nickname', 'remark') });
    expect(wrongOnes(findings)).toEqual([]);
    expect([...findings.keys()]).toEqual([
      'access token',
      'API version',
      'scopes',
      'property dustess_contact_id',
      'property dustess_merged_contact_ids',
      'mapped property nickname',
      'mapped property remark',
      'rate limit',
      'clock',
    ]);
    expect(findings.get('rate limit')?.advice).toBe('190 calls in 10 s; 649999 of 650000 left today');
    expect(account.seen.some(({ path }) => path.includes('/objects/'))).toBe(false);
    expect(account.broken).toEqual([]);
  });

  it('says what a fresh account lacks, and with fix creates it, the id property with unique values', async () => {
    const account = freshAccount();
    const before = wrongOnes(await examine(account));
    expect(before.map(({ check }) => check)).toEqual([
      'property dustess_contact_id',
      'property dustess_merged_contact_ids',
    ]);
    for (const { advice } of before) expect(advice).toContain('--fix');
    expect(wrongOnes(await examine(account, { fix: true }))).toEqual([]);
    expect(account.portal.properties.get('dustess_contact_id')).toMatchObject({ type: 'string', hasUniqueValue: true });
    expect(account.portal.properties.get('dustess_merged_contact_ids')).toMatchObject({ fieldType: 'textarea' });
    expect(wrongOnes(await examine(account))).toEqual([]);
    expect(account.broken).toEqual([]);
  });

  it('uses the property names of the tenant', async () => {
    const account = freshAccount();
    await examine(account, { fix: true, idProperty: 'scrm_id', absorbedIdsProperty: 'scrm_gone' });
    expect([...account.portal.properties.keys()]).toEqual(expect.arrayContaining(['scrm_id', 'scrm_gone']));
  });

  it('sees an id property whose values need not be unique, which cannot be mended in place', async () => {
    const account = freshAccount();
    account.portal.properties.set('dustess_contact_id', property('dustess_contact_id'));
    account.portal.properties.set(
      'dustess_merged_contact_ids',
      property('dustess_merged_contact_ids', { type: 'number' }),
    );
    const findings = await examine(account, { fix: true });
    expect(findings.get('property dustess_contact_id')).toMatchObject({ ok: false });
    expect(findings.get('property dustess_contact_id')?.advice).toContain('choose another name');
    expect(findings.get('property dustess_merged_contact_ids')?.advice).toContain('of type number');
  });

  it('names the mapped properties that are not there or cannot be written', async () => {
    const account = goodAccount();
    account.fail({
      on: /contacts\/remark/,
      when: 'before-effect',
      answer: { status: 200, body: { name: 'remark', type: 'string', modificationMetadata: { readOnlyValue: true } } },
    });
    const findings = await examine(account, { mapped: mappedTo('nickname', 'typo', 'remark') });
    expect(wrongOnes(findings).map(({ check }) => check)).toEqual(['mapped property typo', 'mapped property remark']);
  });

  it('a refused token ends it: nothing else can be told', async () => {
    const findings = await examine(goodAccount(), { token: 'pat-other' });
    expect([...findings.values()]).toEqual([
      { check: 'access token', ok: false, advice: expect.stringContaining('Service keys') },
    ]);
  });

  it('names the scopes to add', async () => {
    const scopes = ALL_SCOPES.filter((scope) => scope !== 'crm.objects.contacts.write');
    expect((await examine(goodAccount({ scopes }))).get('scopes')).toMatchObject({
      ok: false,
      advice: expect.stringContaining('add crm.objects.contacts.write to the service key or app'),
    });
    const toRead = ALL_SCOPES.filter((scope) => scope !== 'crm.schemas.contacts.write');
    expect((await examine(goodAccount({ scopes: toRead }))).get('scopes')?.ok).toBe(true);
    const fixing = await examine(freshAccount({ scopes: toRead }), { fix: true });
    expect(fixing.get('scopes')?.advice).toContain('add crm.schemas.contacts.write');
    expect(fixing.get('property dustess_contact_id')?.advice).toContain('crm.schemas.contacts.write');
  });

  it('names the scopes that counting associations needs, where plans keep everything', async () => {
    const found = await examine(goodAccount({ scopes: ALL_SCOPES }), { journal: { properties: 'all' } });
    expect(found.get('scopes')?.advice).toContain('add crm.objects.companies.read, crm.objects.deals.read, tickets');
    const none = await examine(goodAccount({ scopes: ALL_SCOPES }), {
      journal: { properties: 'all', associations: [] },
    });
    expect(none.get('scopes')?.ok).toBe(true);
  });

  it('does not hold it against a token that HubSpot tells no scopes of it', async () => {
    const account = goodAccount();
    account.fail({ on: /access-token-info/, when: 'before-effect', answer: { status: 404 } });
    expect((await examine(account)).get('scopes')).toMatchObject({
      ok: true,
      advice: expect.stringContaining('not told'),
    });
  });

  it('warns when most of the day’s calls are gone', async () => {
    const account = goodAccount({ limit: { calls: 190, intervalMs: 10_000, daily: 1_000 } });
    const headers = { 'x-hubspot-ratelimit-daily': '1000', 'x-hubspot-ratelimit-daily-remaining': '99' };
    account.fail({
      on: /./,
      when: 'after-effect',
      answer: { status: 200, headers, body: property('dustess_contact_id') },
    });
    expect((await examine(account)).get('rate limit')).toMatchObject({
      ok: false,
      advice: expect.stringContaining('99 of 1000'),
    });
  });

  it.each([
    [0, true],
    [60_000, true],
    [61_000, false],
    [-3_600_000, false],
  ])('a clock %i ms away from HubSpot’s: ok %s', async (skew, ok) => {
    const account = freshAccount({ now: () => NOW + skew });
    expect((await examine(account)).get('clock')?.ok).toBe(ok);
  });

  it('says that nothing listens at an address', async () => {
    const gone = () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ENOTFOUND' } }));
    const findings = await examine(goodAccount(), { fetch: gone });
    expect([...findings.values()]).toEqual([
      { check: 'access token', ok: false, advice: expect.stringContaining('check the base URL') },
    ]);
  });
});
