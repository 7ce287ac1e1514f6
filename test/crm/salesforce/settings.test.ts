import { readSettings } from '../../../lib/config.ts';
import { openSalesforce } from '../../../lib/crm/salesforce/from-settings.ts';
import { createSalesforceCrm } from '../../../lib/crm/salesforce/salesforce.ts';
import { createStaticSession } from '../../../lib/crm/salesforce/session.ts';
import { SalesforceSettingsSchema } from '../../../lib/crm/salesforce/settings.ts';
import { ConfigError } from '../../../lib/errors.ts';
import { createSalesforceLookalike } from '../../lookalikes/salesforce.ts';
import { NOW } from './world.ts';

const GOOD = {
  kind: 'salesforce',
  instanceUrl: 'https://acme.my.salesforce.com',
  credentials: { clientId: 'client', clientSecret: 'secret' },
};
const read = (input: unknown) => readSettings(SalesforceSettingsSchema, 'crm settings of tenant acme', input);

it('settings become an adapter that signs in by itself', async () => {
  const lookalike = createSalesforceLookalike({ idField: 'Other__c' });
  const settings = read({ ...GOOD, idField: 'Other__c', absorbedIdsField: 'Dustess_Merged_Ids__c' });
  const { crm } = openSalesforce(settings, { fetch: lookalike.fetch, now: () => NOW, sleep: async () => undefined });
  const ada = lookalike.seed('ada');
  expect((await crm.find(['ada'], [])).map(({ record }) => record.recordId)).toEqual([ada]);
  expect(crm.rules).toMatchObject({ losersPerMerge: 2, absorbedIdsProperty: 'Dustess_Merged_Ids__c' });
});

it.each<[string, object, string]>([
  ['an unknown key', { idFeild: 'x' }, 'unknown key idFeild, did you mean idField'],
  ['half of the credentials', { credentials: { clientId: 'secret-x' } }, 'credentials.clientSecret is missing'],
  ['a field name that is none', { idField: 'a b' }, 'idField: must be the API name of a field of Contact'],
  ['a version that is none', { apiVersion: 'v62' }, 'apiVersion: must be a version such as "62.0"'],
])('%s is refused, naming tenant and key and not the value', (_, more, message) => {
  expect(() => read({ ...GOOD, ...more })).toThrow(ConfigError);
  expect(() => read({ ...GOOD, ...more })).toThrow(`crm settings of tenant acme: ${message}`);
  expect(() => read({ ...GOOD, ...more })).not.toThrow(/secret-x|a b|v62\b/);
});

it.each([
  ['http://acme.my.salesforce.com', 'instanceUrl begins with http://'],
  ['acme', 'instanceUrl must be a URL that begins with https://'],
  ['', 'instanceUrl must be a URL that begins with https://'],
  ['https://acme.my.salesforce.com:6000', 'instanceUrl: fetch refuses port 6000'],
  ['https://user:word@acme.my.salesforce.com', 'instanceUrl must not carry a user name or password'],
  ['https://acme.lightning.force.com', 'an address of the user interface; use https://….my.salesforce.com'],
  ['https://acme.my.salesforce-setup.com', 'an address of the user interface; use https://….my.salesforce.com'],
  ['https://login.salesforce.com', 'an address of the user interface; use https://….my.salesforce.com'],
  ['https://acme.my.salesforce.com/services/data', 'instanceUrl goes without a path'],
])('an address that cannot be an API’s is refused at once: %s', (instanceUrl, message) => {
  const session = createStaticSession('t');
  const create = () => createSalesforceCrm({ instanceUrl, session, fetch, now: () => NOW, timeoutMs: 100 });
  expect(create).toThrow(ConfigError);
  expect(create).toThrow(message);
  expect(create).not.toThrow(/user:word/);
});
