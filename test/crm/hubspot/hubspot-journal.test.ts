import { createHubspotCrm } from '../../../lib/crm/hubspot/hubspot.ts';
import type { HubspotJournal } from '../../../lib/crm/hubspot/settings.ts';
import { property } from '../../lookalikes/hubspot-account.ts';
import { type Account, createAccount, ID_PROPERTY, seedContact } from './portal-world.ts';

let account: Account;

function open(journal?: HubspotJournal) {
  account = createAccount();
  const outside = { fetch: account.fetch, now: Date.now, sleep: async () => {}, timeoutMs: 1_000 };
  return createHubspotCrm({ token: 'pat-test', ...outside, ...(journal && { journal }) });
}

const lines = () =>
  account.seen.map(({ method, path, query }) => `${method} ${path}${query.size > 0 ? `?${query}` : ''}`);
const RECORDS = '/crm/objects/2026-09/contacts';

afterEach(() => expect(account.broken).toEqual([]));

describe('what plans keep of HubSpot’s contacts', () => {
  it('is a handful of properties beside the mapped ones, and takes no other call', async () => {
    const crm = open();
    seedContact(account, 'ada', { email: 'ada@example.com', nickname: 'Ada', remark: 'vip' });
    const [found] = await crm.find(['ada'], ['nickname']);
    expect(found?.record.values).toMatchObject({ email: 'ada@example.com', nickname: 'Ada' });
    expect(found?.record.values).not.toHaveProperty('remark');
    expect(found?.record).not.toHaveProperty('associations');
    expect(lines()).toEqual([`POST ${RECORDS}/batch/read`]);
  });

  it('with "all" is every property that has a value, whatever its name, whoever made it', async () => {
    const crm = open({ properties: 'all' });
    account.portal.properties.set('made_by_marketing', property('made_by_marketing'));
    seedContact(account, 'ada', { email: 'ada@example.com', remark: 'vip', made_by_marketing: 'gold' });
    const [found] = await crm.find(['ada'], ['nickname']);
    expect(found?.record.values).toMatchObject({
      [ID_PROPERTY]: 'ada',
      email: 'ada@example.com',
      remark: 'vip',
      made_by_marketing: 'gold',
    });
    expect(Object.values(found?.record.values ?? {})).not.toContain(null);
  });

  it('with "all" counts what each contact is associated with, and says where there is more than a page', async () => {
    const crm = open({ properties: 'all' });
    const id = seedContact(account, 'ada');
    seedContact(account, 'bob');
    const contact = account.portal.byId(id);
    const deals = Array.from({ length: 101 }, (_, index) => String(index));
    // One object may be associated in several ways, and then comes as often.
    if (contact) contact.associated = { companies: ['7', '8', '8'], deals, notes: ['1'] };
    const found = await crm.find(['ada', 'bob'], []);
    const counted = new Map(found.map(({ asked, record }) => [asked, record.associations]));
    expect(counted.get('ada')).toEqual({
      companies: { count: 2, isComplete: true },
      deals: { count: 100, isComplete: false },
    });
    expect(counted.get('bob')).toEqual({});
    expect(lines()).toContain(`GET ${RECORDS}/${id}?properties=hs_object_id&associations=companies%2Cdeals%2Ctickets`);
  });

  it('asks for the names of all properties once', async () => {
    const crm = open({ properties: 'all', associations: [] });
    seedContact(account, 'ada');
    for (let round = 0; round < 3; round++) await crm.find(['ada'], []);
    expect(lines().filter((line) => line.startsWith('GET'))).toEqual(['GET /crm/properties/2026-09/contacts']);
  });

  it('asks again after a failure: names that are not known are not taken for none', async () => {
    const crm = open({ properties: 'all', associations: [] });
    seedContact(account, 'ada', { remark: 'vip' });
    account.fail({ on: /properties/, when: 'before-effect', answer: { status: 503 } });
    await expect(crm.find(['ada'], [])).rejects.toMatchObject({ kind: 'retry-soon' });
    account.fail({ on: /properties/, when: 'before-effect', answer: { status: 200, body: '<html>login</html>' } });
    await expect(crm.find(['ada'], [])).rejects.toMatchObject({ code: 'UNREADABLE_ANSWER' });
    expect((await crm.find(['ada'], []))[0]?.record.values).toMatchObject({ remark: 'vip' });
  });

  it('is what the settings name, and what they say to count', async () => {
    const crm = open({ properties: ['remark'], associations: ['notes'] });
    const contact = account.portal.byId(seedContact(account, 'ada', { remark: 'vip', email: 'ada@example.com' }));
    if (contact) contact.associated = { notes: ['1', '2'], deals: ['3'] };
    const [found] = await crm.find(['ada'], []);
    expect(found?.record.values).toMatchObject({ remark: 'vip' });
    expect(found?.record.values).not.toHaveProperty('email');
    expect(found?.record.associations).toEqual({ notes: { count: 2, isComplete: true } });
  });

  it('that may not be read is a refusal which says what is missing', async () => {
    const crm = open({ properties: 'all' });
    seedContact(account, 'ada');
    const body = { message: 'scopes', category: 'MISSING_SCOPES', status: 'error', correlationId: 'x' };
    account.fail({ on: /GET .*contacts\/\d/, when: 'before-effect', answer: { status: 403, body } });
    await expect(crm.find(['ada'], [])).rejects.toMatchObject({ kind: 'auth', code: 'MISSING_SCOPES' });
  });
});
