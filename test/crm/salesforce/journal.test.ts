import * as v from 'valibot';
import { SalesforceSettingsSchema } from '../../../lib/crm/salesforce/settings.ts';
import { closeWorlds, failureOf, openWorld } from './world.ts';

const ALL = { adapter: { journal: { properties: 'all' as const } } };

afterEach(closeWorlds);

describe('what plans keep of Salesforce’s contacts', () => {
  it('with "all" is every field that has a value, and null for mapped ones that have none', async () => {
    const { crm, lookalike } = await openWorld(ALL);
    lookalike.seed('ada', { Email: 'ada@example.com', Fax: '1' });
    const [found] = await crm.find(['ada'], ['Phone']);
    expect(found?.record.values).toMatchObject({ Email: 'ada@example.com', Fax: '1', LastName: 'Seeded', Phone: null });
    expect(Object.keys(found?.record.values ?? {})).not.toContain('attributes');
    expect(found?.record.contactId).toBe('ada');
    expect(lookalike.requests).toHaveLength(1);
  });

  it('with "all" finds hundreds, in portions that Salesforce’s limit of 200 rows cannot cut off', async () => {
    const { crm, lookalike } = await openWorld(ALL);
    const ids = Array.from({ length: 201 }, (_, index) => `contact-${index}`);
    for (const id of ids) lookalike.seed(id);
    expect((await crm.find(ids, [])).map(({ asked }) => asked).sort()).toEqual([...ids].sort());
    expect(lookalike.requests).toHaveLength(5);
  });

  it('with "all" never takes a mapped field that the user may not see for an empty one', async () => {
    const { crm, lookalike } = await openWorld(ALL);
    lookalike.seed('ada');
    const error = await failureOf(crm.find(['ada'], ['Hidden__c']));
    expect([error.kind, error.code]).toEqual(['permanent', 'INVALID_FIELD']);
    expect(error.message).toContain('Hidden__c');
  });

  it('is what journal.properties names, or journalFields, the name it had first', async () => {
    for (const adapter of [{ journal: { properties: ['Fax'] } }, { journalFields: ['Fax'] }]) {
      const { crm, lookalike } = await openWorld({ adapter });
      lookalike.seed('ada', { Fax: '1', Email: 'ada@example.com' });
      expect((await crm.find(['ada'], ['Phone']))[0]?.record.values).toEqual({ Phone: null, Fax: '1' });
    }
  });

  it.each([[{ properties: 'some' }], [{ properties: ['no name!'] }], [{}], [{ properties: 'all', more: 1 }]])(
    'settings %j are refused',
    (journal) => {
      const settings = {
        kind: 'salesforce',
        instanceUrl: 'https://acme.my.salesforce.com',
        credentials: { token: 't' },
      };
      expect(v.safeParse(SalesforceSettingsSchema, settings).success).toBe(true);
      expect(v.safeParse(SalesforceSettingsSchema, { ...settings, journal }).success).toBe(false);
    },
  );
});
