import { createTenantCrm } from '../../lib/crm/registry.ts';
import type { Fetch, RecordCrm } from '../../lib/ports.ts';
import { createSalesforceLookalike } from '../lookalikes/salesforce.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const POLICY = { link: { events: ['mobile'] } };
const ADA = { contactId: 'ada', mobiles: ['13800138001'], emails: [] };

/** One worker with a tenant's CRM and its links, as it makes them of the settings. */
async function open(crm: object, fetch: Fetch) {
  const clock = { now: Date.UTC(2026, 10, 26, 12) };
  const now = () => clock.now;
  const ledger = asPort(createMemoryDocuments(now));
  const tenant = await createTenantCrm('acme', { crm, policy: POLICY }, { fetch, now, sleep: async () => {}, ledger });
  const knownKeys = {
    base: async () => ({ salt: 'salt', remembered: { at: 1, contacts: 0, keys: ['mobile', 'email'], country: 'CN' } }),
    setBase: async () => undefined,
    forgetExport: async () => undefined,
    remember: async () => undefined,
    owners: async (seals: string[]) => seals.map(() => []),
  };
  const known = { knownKeys, newSalt: () => 'salt', survivorsOf: async () => new Map(), isOutOfTime: () => false };
  if (!tenant.links) throw new Error('no links');
  const { links } = tenant;
  return { crm: tenant.crm as RecordCrm, links, clock, known, decide: () => links.decide(ADA, known) };
}

const VENDORS = [
  { kind: 'hubspot', token: 't' },
  { kind: 'salesforce', instanceUrl: 'https://acme.my.salesforce.com', credentials: { token: 't' } },
  { kind: 'tryton', baseUrl: 'https://tryton.example', database: 'd', username: 'u', password: 'p' },
];

it.each(VENDORS)('promise 10: at a $kind that hangs, links and merges share one circuit breaker', async (settings) => {
  const state = { calls: 0 };
  const fetch: Fetch = async () => {
    state.calls += 1;
    throw Object.assign(new Error('timed out'), { name: 'TimeoutError' });
  };
  const { crm, decide, links, known } = await open(settings, fetch);
  for (const call of [decide, () => crm.find(['a'], []), decide]) await call().catch(() => undefined);
  const before = state.calls;
  for (const call of [decide, () => crm.find(['a'], []), () => links.write('1', 'ada', known)])
    expect(await call().catch((error: unknown) => error)).toMatchObject({ kind: 'retry-after', code: 'PAUSED' });
  expect(state.calls).toBe(before);
});

it('a Salesforce worker signs in once, for merges and links together', async () => {
  const app = { clientId: 'client', clientSecret: 'secret' };
  const lookalike = createSalesforceLookalike({ app });
  lookalike.org.insert({ LastName: 'A', MobilePhone: '13800138001' });
  const instanceUrl = 'https://acme.my.salesforce.com';
  const settings = { kind: 'salesforce', instanceUrl, credentials: app };
  const { crm, decide } = await open(settings, lookalike.fetch);
  await crm.find(['a'], []);
  expect(await decide()).toHaveProperty('recordId');
  lookalike.sessions.expireAll();
  await Promise.all([crm.find(['a'], []), decide()]);
  expect(lookalike.sessions.requests).toBe(2);
});

it('a Tryton worker signs in once, for merges and links together', async () => {
  const methods: string[] = [];
  const fetch: Fetch = async (_url, { body }) => {
    const { method } = JSON.parse(String(body));
    methods.push(method);
    return Response.json({ id: 1, result: method === 'common.db.login' ? [1, 'token'] : [] });
  };
  const { crm, decide } = await open({ ...VENDORS[2] }, fetch);
  await crm.find(['a'], []);
  expect(await decide()).toEqual({ not: 'no-match' });
  expect(methods.filter((method) => method === 'common.db.login')).toHaveLength(1);
});
