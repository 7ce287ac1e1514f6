import { createTenantCrm, examineTenantCrm } from '../../../lib/crm/registry.ts';
import type { CrmError } from '../../../lib/errors.ts';
import { type JsonObject, objectIn } from '../../../lib/json.ts';
import type { Fetch } from '../../../lib/ports.ts';
import { contactViolations, mergeViolations } from '../../lookalikes/dynamics/csdl.ts';
import { CREDENTIALS, createDynamicsLookalike, ID_COLUMN } from '../../lookalikes/dynamics.ts';
import { asPort, createMemoryDocuments } from '../../simulation/memory-documents.ts';
import { ABSORBED_COLUMN, openWorld, URL_OF_TESTS } from './world.ts';

const SETTINGS = { kind: 'dynamics', environmentUrl: URL_OF_TESTS, ...CREDENTIALS };
const failed = async (attempt: Promise<unknown>) => (await attempt.catch((error: unknown) => error)) as CrmError;

/** What the adapter sends, written down. */
function recorded(fetch: Fetch) {
  const sent: { url: string; method: string; headers: Headers; body: string }[] = [];
  const recording: Fetch = (url, init) => {
    sent.push({ url, method: init.method ?? '', headers: new Headers(init.headers), body: String(init.body ?? '') });
    return fetch(url, init);
  };
  return { sent, fetch: recording };
}

describe('requests to Dynamics', () => {
  it('a merge is the action of Microsoft’s CSDL, with the survivor as Target', async () => {
    const { lookalike, settings } = openWorld();
    const { sent, fetch } = recorded(lookalike.fetch);
    const { crm } = openWorld({ adapter: { ...settings, fetch } });
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    await crm.merge({
      survivor: ada,
      losers: [bob],
      write: { values: { nickname: 'A', new_colours: ['1', '2'], jobtitle: null } },
    });
    const merge = sent.at(-1);
    expect(merge).toMatchObject({ method: 'POST', url: `${URL_OF_TESTS}/api/data/v9.2/Merge` });
    const body = objectIn(merge?.body ?? '');
    expect(mergeViolations(body)).toEqual([]);
    const type = { '@odata.type': 'Microsoft.Dynamics.CRM.contact' };
    expect(body).toEqual({
      Target: { ...type, contactid: ada },
      Subordinate: { ...type, contactid: bob },
      UpdateContent: { ...type, nickname: 'A', new_colours: '1,2', jobtitle: null },
      PerformParentingChecks: false,
    });
    expect(lookalike.org.contacts.get(bob)).toMatchObject({ isActive: false, master: ada });
  });

  it('a merge without values leaves out UpdateContent, which the CSDL allows', async () => {
    const { crm, lookalike } = openWorld();
    const [ada, bob] = [
      lookalike.seed('ada', { nickname: 'A' }),
      lookalike.seed('bob', { nickname: 'B', jobtitle: 'b' }),
    ];
    await crm.merge({ survivor: ada, losers: [bob] });
    expect(Object.fromEntries(lookalike.org.contacts.get(ada)?.values ?? [])).toEqual({
      [ID_COLUMN]: 'ada',
      nickname: 'A',
    });
    expect(lookalike.violations).toEqual([]);
  });

  it('an update never makes a contact: it has If-Match', async () => {
    const { lookalike, settings } = openWorld();
    const { sent, fetch } = recorded(lookalike.fetch);
    const { crm } = openWorld({ adapter: { ...settings, fetch } });
    await crm.update(lookalike.seed('ada'), { values: { nickname: '' } });
    expect(sent.at(-1)?.headers.get('if-match')).toBe('*');
    expect(sent.at(-1)?.body).toBe('{"nickname":null}');
  });

  it('the ids of a look-up are literals of OData, whatever is in them', async () => {
    const { lookalike, settings } = openWorld();
    const { sent, fetch } = recorded(lookalike.fetch);
    const { crm } = openWorld({ adapter: { ...settings, fetch } });
    await crm.find(["o'hara", 'a&b', 'a#b'], []);
    expect(new URL(sent.at(-1)?.url ?? '').searchParams.get('$filter')).toBe(
      `${ID_COLUMN} eq 'o''hara' or ${ID_COLUMN} eq 'a&b' or ${ID_COLUMN} eq 'a#b'`,
    );
  });

  it.each<[string, unknown, string]>([
    ['a parameter that is not there', { Targets: {} }, 'Merge.Targets: no such parameter'],
    ['a parameter left out', {}, 'Merge.Subordinate: missing'],
    ['an entity without its type', { Target: { contactid: 'x' } }, 'Merge.Target: does not say its type'],
    ['a word for a Boolean', { PerformParentingChecks: 'no' }, 'Merge.PerformParentingChecks: not of Edm.Boolean'],
  ])('the CSDL finds %s', (_what, body, violation) => expect(mergeViolations(body)).toContain(violation));

  it('the CSDL finds a column that contact has not, and a value of another type', () => {
    expect(contactViolations({ nick: 'x', numberofchildren: 1.5, birthdate: '1.2.2024', nickname: null })).toEqual([
      'contact.nick: no such property',
      'contact.numberofchildren: not of Edm.Int32',
      'contact.birthdate: not of Edm.Date',
    ]);
  });
});

it('an id that a merged-away contact still carries is cleared there, for update and create alike', async () => {
  for (const write of ['update', 'create'] as const) {
    const { crm, lookalike } = openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    await crm.merge({ survivor: ada, losers: [bob] });
    if (write === 'update') await crm.update(ada, { contactId: 'bob', values: {} });
    else await crm.create?.({ contactId: 'bob', values: { lastname: 'B' } });
    expect((await crm.find(['bob'], [])).map(({ record }) => record.contactId)).toEqual(['bob']);
    expect(lookalike.org.contacts.get(bob)?.values.has(ID_COLUMN)).toBe(false);
    const taken = lookalike.seed('eve');
    expect(await failed(crm.update(taken, { contactId: 'BOB', values: {} }))).toMatchObject({ code: '0x80060892' });
  }
});

describe('what plans keep of contacts of Dynamics', () => {
  it('is a handful of columns, those mapped and the absorbed ids', async () => {
    const { crm, lookalike } = openWorld({ adapter: { absorbedIdsColumn: ABSORBED_COLUMN } });
    lookalike.seed('ada', {
      firstname: 'Ada',
      mobilephone: '1',
      jobtitle: 'x',
      nickname: 'A',
      [ABSORBED_COLUMN]: 'eve',
    });
    const [found] = await crm.find(['ada'], ['nickname']);
    const values: JsonObject = { fullname: 'Ada', mobilephone: '1', nickname: 'A', [ABSORBED_COLUMN]: 'eve' };
    expect(found?.record.values).toMatchObject(values);
    expect(found?.record.values).not.toHaveProperty('jobtitle');
    expect(crm.rules.absorbedIdsProperty).toBe(ABSORBED_COLUMN);
  });

  it('with "all" is every column that has a value, without annotations', async () => {
    const { crm, lookalike } = openWorld({ adapter: { journal: { properties: 'all' } } });
    lookalike.seed('ada', { jobtitle: 'x', donotphone: false });
    const [found] = await crm.find(['ada'], ['nickname']);
    expect(found?.record.values).toMatchObject({ jobtitle: 'x', donotphone: false, [ID_COLUMN]: 'ada' });
    expect(Object.keys(found?.record.values ?? {}).filter((name) => name.includes('@'))).toEqual([]);
    expect(found?.record.values).not.toHaveProperty('nickname');
  });
});

describe('signing in to Dynamics', () => {
  it.each([
    ['https://acme.crm5.dynamics.com', 'https://login.microsoftonline.com'],
    ['https://acme.crm.dynamics.cn', 'https://login.partner.microsoftonline.cn'],
  ])('for %s is done at %s, for this environment', async (environmentUrl, login) => {
    const { lookalike, settings } = openWorld();
    const { sent, fetch } = recorded(lookalike.fetch);
    const { crm } = openWorld({ adapter: { ...settings, environmentUrl, fetch } });
    await crm.find(['ada'], []);
    expect(sent[0]?.url).toBe(`${login}/${CREDENTIALS.tenantId}/oauth2/v2.0/token`);
    expect(new URLSearchParams(sent[0]?.body).get('scope')).toBe(`${environmentUrl}/.default`);
    expect(sent[1]?.url.startsWith(environmentUrl)).toBe(true);
  });

  it('happens once for many calls, and again when the token has expired; the write is made once', async () => {
    let now = 0;
    const { crm, lookalike } = openWorld({ now: () => now, tokenMs: 1_000 });
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    await Promise.all([crm.find(['ada'], []), crm.find(['bob'], [])]);
    now = 2_000;
    await crm.merge({ survivor: ada, losers: [bob] });
    expect(lookalike.requests.filter((request) => request.includes('/token'))).toHaveLength(2);
    expect(lookalike.org.absorbed()).toBe(1);
  });

  it('with a wrong secret is a matter of credentials, with Microsoft’s number and not the secret', async () => {
    const { crm, lookalike } = openWorld({ adapter: { clientSecret: 'wrong-secret' } });
    const error = await failed(crm.find(['ada'], []));
    expect([error.kind, error.code]).toEqual(['auth', 'AADSTS7000215']);
    expect(error.message).not.toContain('wrong-secret');
    await failed(crm.find(['ada'], []));
    expect(lookalike.requests).toHaveLength(1); // Not tried again at once: Entra locks what fails too often.
  });

  it.each([
    [400, '{"error":"unauthorized_client","error_description":"AADSTS700016: no such app"}', 'auth', 'AADSTS700016'],
    [400, '{"error":"invalid_request"}', 'auth', 'invalid_request'],
    [503, '{"error":"temporarily_unavailable"}', 'retry-soon', 'temporarily_unavailable'],
    [400, '{"error":"server_error"}', 'retry-soon', 'server_error'],
    [404, '<html>', 'retry-soon', 'foreign-answer'],
    [200, '{}', 'retry-soon', 'foreign-answer'],
    [502, '', 'retry-soon', 'http-502'],
  ])('answered with %i %s is %s (%s)', async (status, body, kind, code) => {
    const { crm } = openWorld({ adapter: { fetch: async () => new Response(body, { status }) } });
    const error = await failed(crm.create?.({ contactId: 'ada', values: {} }) ?? Promise.resolve());
    expect([error.kind, error.code]).toEqual([kind, code]);
  });
});

it('promise 9: after a 429 no call is made until the time that Dynamics names', async () => {
  let now = 0;
  const lookalike = createDynamicsLookalike({ now: () => now });
  const parts = {
    fetch: lookalike.fetch,
    now: () => now,
    sleep: async () => undefined,
    ledger: asPort(createMemoryDocuments(() => now)),
  };
  const { crm } = await createTenantCrm('main', { crm: SETTINGS }, parts);
  if (crm.style !== 'record') throw new Error('a record-style CRM');
  lookalike.seed('ada');
  lookalike.fail({ on: /contacts/, when: 'before-effect', status: 429, headers: { 'retry-after': '300' } });
  expect(await failed(crm.find(['ada'], []))).toMatchObject({ kind: 'retry-after', retryAt: 300_000 });
  const before = lookalike.requests.length;
  now = 299_000;
  expect(await failed(crm.find(['ada'], []))).toMatchObject({ kind: 'retry-after', code: 'RETRY_AFTER' });
  expect(lookalike.requests).toHaveLength(before);
  now = 300_000;
  expect(await crm.find(['ada'], [])).toHaveLength(1);
});

describe('doctor for Dynamics', () => {
  const examine = (lookalike: ReturnType<typeof createDynamicsLookalike>, more: JsonObject = {}) => {
    const parts = { fetch: lookalike.fetch, now: Date.now, sleep: async () => undefined };
    return examineTenantCrm('main', { crm: { ...SETTINGS, ...more }, mapping: { remark: 'nickname' } }, parts, false);
  };
  const wrong = async (attempt: ReturnType<typeof examine>) =>
    (await attempt).filter(({ ok }) => !ok).map(({ check }) => check);

  it('finds an environment that is set up, and changes nothing', async () => {
    const lookalike = createDynamicsLookalike();
    const findings = await examine(lookalike, { absorbedIdsColumn: ABSORBED_COLUMN });
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.length).toBeGreaterThan(4);
    expect(lookalike.requests.filter((request) => !request.startsWith('GET') && !request.includes('/token'))).toEqual(
      [],
    );
    expect(lookalike.violations).toEqual([]);
  });

  it('misses the right to merge, a key, a column; names a column that may not be written', async () => {
    const lookalike = createDynamicsLookalike();
    lookalike.rights.merge = false;
    lookalike.keys.status = 'Pending';
    expect(await wrong(examine(lookalike, { absorbedIdsColumn: 'modifiedon' }))).toEqual([
      'right to merge',
      expect.stringContaining('modifiedon'),
      'alternate key',
    ]);
    expect(await wrong(examine(createDynamicsLookalike(), { idColumn: 'new_other' }))).toEqual([
      expect.stringContaining('new_other'),
      'alternate key',
    ]);
  });

  it('names a mapped column of a type that does not fit', async () => {
    const parts = { fetch: createDynamicsLookalike().fetch, now: Date.now, sleep: async () => undefined };
    const mapping = { remark: 'donotphone', position: 'nickname' };
    const findings = await examineTenantCrm('main', { crm: SETTINGS, mapping }, parts, false);
    const wrong = findings.filter(({ ok }) => !ok);
    expect(wrong).toMatchObject([{ check: 'mapped property donotphone', advice: expect.stringContaining('Boolean') }]);
  });

  it('says what is wrong with the credentials', async () => {
    const [finding] = await examine(createDynamicsLookalike(), { clientSecret: 'wrong' });
    expect(finding).toMatchObject({ ok: false, advice: expect.stringContaining('sign-in') });
  });
});
