import { createHubspotCrm, type HubspotOptions } from '../../../lib/crm/hubspot/hubspot.ts';
import { ConfigError, CrmError } from '../../../lib/errors.ts';
import { type HubspotQuirks, property } from '../../lookalikes/hubspot-account.ts';
import { ABSORBED_PROPERTY, type Account, createAccount, ID_PROPERTY, seedContact } from './portal-world.ts';

let account: Account;

function open(more: { quirks?: Partial<HubspotQuirks>; options?: Partial<HubspotOptions> } = {}) {
  account = createAccount({ quirks: more.quirks ?? {} });
  return createHubspotCrm({
    token: 'pat-test',
    fetch: account.fetch,
    now: Date.now,
    sleep: async () => {},
    timeoutMs: 1_000,
    ...more.options,
  });
}

const lines = () => account.seen.map(({ method, path }) => `${method} ${path}`);

afterEach(() => expect(account.broken).toEqual([]));

describe('what is sent', () => {
  it('for one loser: one look-up for both, one merge, one update', async () => {
    const crm = open();
    const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
    await crm.find(['ada', 'bob'], ['nickname']);
    const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
    await crm.update(survivor, { values: { nickname: 'A', [ABSORBED_PROPERTY]: 'bob' } });
    expect(lines()).toEqual([
      'POST /crm/objects/2026-09/contacts/batch/read',
      'POST /crm/objects/2026-09/contacts/merge',
      `PATCH /crm/objects/2026-09/contacts/${survivor}`,
    ]);
    expect(account.seen.map(({ body }) => body)).toEqual([
      {
        idProperty: ID_PROPERTY,
        inputs: [{ id: 'ada' }, { id: 'bob' }],
        properties: expect.arrayContaining([ID_PROPERTY, 'nickname', 'email', 'hs_merged_object_ids']),
        propertiesWithHistory: [],
      },
      { primaryObjectId: ada, objectIdToMerge: bob },
      { properties: { nickname: 'A', [ABSORBED_PROPERTY]: 'bob' } },
    ]);
  });

  it.each([
    [100, [100]],
    [101, [100, 1]],
    [230, [100, 100, 30]],
  ])('%i contacts are looked up %j at a time', async (count, batches) => {
    const crm = open();
    await crm.find(
      Array.from({ length: count }, (_, index) => `contact-${index}`),
      [],
    );
    expect(account.seen.map(({ body }) => (body as { inputs: unknown[] }).inputs.length)).toEqual(batches);
  });

  it('locate is one read for each id and names no property but the id', async () => {
    const crm = open();
    const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
    await crm.locate([ada, bob, ada]);
    expect(lines()).toEqual([`GET /crm/objects/2026-09/contacts/${ada}`, `GET /crm/objects/2026-09/contacts/${bob}`]);
    expect(account.seen.map(({ query }) => query.toString())).toEqual(Array(2).fill('properties=hs_object_id'));
  });

  it('carries the token, and never searches', async () => {
    const crm = open();
    const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
    await crm.find(['ada'], []);
    await crm.merge({ survivor: ada, losers: [bob] });
    await crm.locate([bob]);
    await crm.create?.({ contactId: 'eve', values: {} });
    for (const { headers, path } of account.seen) {
      expect(headers.authorization).toBe('Bearer pat-test');
      expect(path).not.toContain('search');
    }
  });

  it('promise 11: no contact id and no value stands in a URL', async () => {
    const crm = open();
    const ada = seedContact(account, 'ada');
    await crm.find(['ada', 'unknown'], []);
    await crm.update(ada, { contactId: 'eve', values: { nickname: 'Zhang' } });
    for (const { path, query } of account.seen) expect(`${path}?${query}`).not.toMatch(/ada|unknown|eve|Zhang/);
  });

  it('uses the id property and the base URL it is given', async () => {
    const urls: string[] = [];
    const crm = open({
      options: {
        idProperty: 'scrm_id',
        baseUrl: 'https://hubspot.example/proxy/',
        fetch: (url, init) => {
          urls.push(url);
          return account.fetch(url.replace('/proxy', ''), init);
        },
      },
    });
    account.portal.properties.set('scrm_id', property('scrm_id', { hasUniqueValue: true }));
    const { id } = account.portal.create({ scrm_id: 'ada' });
    const found = await crm.find(['ada'], []);
    expect(found.map(({ record }) => record)).toMatchObject([{ recordId: id, contactId: 'ada' }]);
    expect(urls).toEqual(['https://hubspot.example/proxy/crm/objects/2026-09/contacts/batch/read']);
  });

  it('writes every kind of value as HubSpot takes it', async () => {
    const crm = open();
    const ada = seedContact(account, 'ada', { remark: 'before' });
    const values = {
      nickname: 42,
      remark: null,
      firstname: true,
      phone: '',
      colours: ['red', 'blue'],
      lastname: '1990-02-28',
    };
    await crm.update(ada, { values });
    expect(account.seen[0]?.body).toEqual({
      properties: {
        nickname: '42',
        remark: '',
        firstname: 'true',
        phone: '',
        colours: 'red;blue',
        lastname: '1990-02-28',
      },
    });
  });

  it('refuses an option with the separator in it before sending, naming the property and not the option', async () => {
    const crm = open();
    const ada = seedContact(account, 'ada');
    const attempt = crm.update(ada, { values: { colours: ['red;Zhang'] } });
    await expect(attempt).rejects.toMatchObject({ kind: 'permanent', message: expect.stringContaining('colours') });
    await expect(attempt).rejects.not.toMatchObject({ message: expect.stringContaining('Zhang') });
    expect(account.seen).toEqual([]);
  });

  it.each(['', ' ', 'two words', 'line\nbreak', 'кey'])('refuses a token that cannot be one at once: %j', (token) => {
    expect(() => open({ options: { token } })).toThrow(ConfigError);
  });
});

describe('who is found', () => {
  it('a contact merged away, in an account where its id still leads to the survivor, is the survivor’s record', async () => {
    const crm = open({ quirks: { loserValueResolves: true } });
    const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
    const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
    const alone = await crm.find(['bob'], []);
    expect(alone).toMatchObject([{ asked: 'bob', record: { recordId: survivor, contactId: 'ada' } }]);
    const among = await crm.find(['bob', 'unknown', 'no-one'], []);
    expect(among).toMatchObject([{ asked: 'bob', record: { recordId: survivor, contactId: 'ada' } }]);
    const together = await crm.find(['ada', 'bob'], []);
    expect(together).toMatchObject([{ asked: 'ada', record: { recordId: survivor } }]);
  });

  it('every record says for itself whose it is', async () => {
    const crm = open();
    const ada = seedContact(account, 'ada');
    account.fail({
      on: /batch\/read/,
      when: 'before-effect',
      answer: {
        status: 200,
        body: { status: 'COMPLETE', results: [{ id: ada, properties: { [ID_PROPERTY]: 'eve' } }] },
      },
    });
    expect(await crm.find(['ada'], [])).toMatchObject([{ asked: 'ada', record: { contactId: 'eve' } }]);
  });

  it.each([null, ''])('a record whose id property is %j belongs to no contact', async (value) => {
    const crm = open();
    account.fail({
      on: /batch\/read/,
      when: 'before-effect',
      answer: { status: 200, body: { results: [{ id: '7', properties: { [ID_PROPERTY]: value } }] } },
    });
    expect(await crm.find(['ada'], [])).toEqual([
      { asked: 'ada', record: expect.objectContaining({ recordId: '7', contactId: undefined }) },
    ]);
  });

  it('when a batch fails in part for any other reason, no contact counts as missing', async () => {
    const crm = open();
    seedContact(account, 'ada');
    const errors = [{ category: 'OBJECT_NOT_FOUND' }, { category: 'INTERNAL_ERROR' }];
    account.fail({ on: /batch\/read/, when: 'before-effect', answer: { status: 207, body: { results: [], errors } } });
    await expect(crm.find(['ada'], [])).rejects.toMatchObject({ kind: 'retry-soon', code: 'INTERNAL_ERROR' });
  });

  it('an archived contact is gone', async () => {
    const crm = open();
    const ada = seedContact(account, 'ada');
    account.portal.remove(ada);
    expect(await crm.locate([ada])).toEqual(new Map([[ada, 'gone']]));
    expect(await crm.find(['ada'], [])).toEqual([]);
  });

  it('promise 6: a 404 that is not HubSpot’s own says nothing about a contact', async () => {
    const crm = open();
    const ada = seedContact(account, 'ada');
    for (const body of ['<html>not found</html>', '{}', '[]', '']) {
      account.fail({ on: /GET/, when: 'before-effect', answer: { status: 404, body } });
      await expect(crm.locate([ada])).rejects.toBeInstanceOf(CrmError);
    }
  });
});

describe('a merge', () => {
  it.each([
    ['new', false],
    ['kept', true],
  ])('of a chain goes on with the id of the merge before: %s id', async (_name, keepsPrimaryId) => {
    const crm = open({ quirks: { keepsPrimaryId } });
    const ids = ['ada', 'bob', 'eve'].map((id) => seedContact(account, id));
    let [survivor = '', ...losers] = ids;
    for (const loser of losers) ({ survivor } = await crm.merge({ survivor, losers: [loser] }));
    expect([...account.portal.contacts.keys()]).toEqual([survivor]);
    expect(survivor === ids[0]).toBe(keepsPrimaryId);
  });

  it.each(['{}', '{"id":7}', '{"id":""}', 'null', '[]', 'not json', ''])(
    'answered with 200 and %s may have taken effect',
    async (body) => {
      const crm = open();
      const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
      account.fail({ on: /merge/, when: 'after-effect', answer: { status: 200, body } });
      await expect(crm.merge({ survivor: ada, losers: [bob] })).rejects.toMatchObject({ kind: 'ambiguous' });
    },
  );

  it('with values to set is refused before it is sent: HubSpot takes none', async () => {
    const crm = open();
    const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
    const attempt = crm.merge({ survivor: ada, losers: [bob], write: { values: { nickname: 'x' } } });
    await expect(attempt).rejects.toMatchObject({ kind: 'permanent' });
    expect(account.seen).toEqual([]);
  });

  it('of the 251st pair is refused for good, in words an operator understands', async () => {
    const crm = open();
    let survivor = seedContact(account, 'ada');
    for (let index = 0; index < 250; index++) {
      const loser = seedContact(account, `loser-${index}`);
      survivor = account.portal.merge(survivor, loser).id;
    }
    const last = seedContact(account, 'last');
    await expect(crm.merge({ survivor, losers: [last] })).rejects.toMatchObject({
      kind: 'permanent',
      code: 'TOO_MANY_IDENTITIES',
      message: expect.stringContaining('250 merges'),
    });
  });
});
