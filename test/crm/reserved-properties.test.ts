import { createTenantCrm, examineTenantCrm } from '../../lib/crm/registry.ts';
import { ConfigError } from '../../lib/errors.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const parts = {
  fetch: () => Promise.reject(new Error('no call is expected')),
  now: () => 0,
  sleep: () => Promise.resolve(),
  ledger: asPort(createMemoryDocuments(() => 0)),
};

async function refusal(load: () => Promise<unknown>): Promise<string> {
  try {
    await load();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('the mapping was accepted');
}

const HUBSPOT = { kind: 'hubspot', token: 'pat-test' };
const SALESFORCE = {
  kind: 'salesforce',
  instanceUrl: 'https://acme.my.salesforce.com',
  credentials: { token: 'session' },
};
const TRYTON = { kind: 'tryton', baseUrl: 'https://t.example', database: 'd', username: 'u', password: 'p' };
const IDS = 'which holds 尘锋 contact ids and decides which record is merged';
const OWN = 'which the CRM writes itself';

describe('promise 6: no field is mapped to what says who a record is', () => {
  it.each<[string, object, string, string]>([
    ['HubSpot’s id property', HUBSPOT, 'dustess_contact_id', IDS],
    ['its absorbed ids', HUBSPOT, 'dustess_merged_contact_ids', IDS],
    ['an id property of another name', { ...HUBSPOT, idProperty: 'scrm_id' }, 'scrm_id', IDS],
    ['absorbed ids of another name', { ...HUBSPOT, absorbedIdsProperty: 'scrm_ids' }, 'SCRM_ids', IDS],
    ['HubSpot’s record id', HUBSPOT, 'hs_object_id', OWN],
    ['what HubSpot’s merges collect', HUBSPOT, 'hs_merged_object_ids', OWN],
    ['a time that HubSpot writes', HUBSPOT, 'lastmodifieddate', OWN],
    ['Salesforce’s External ID field', SALESFORCE, 'Dustess_Contact_Id__c', IDS],
    ['the same in another case', SALESFORCE, 'dustess_contact_id__C', IDS],
    ['an id field of another name', { ...SALESFORCE, idField: 'Scrm__c' }, 'Scrm__c', IDS],
    ['a field of absorbed ids', { ...SALESFORCE, absorbedIdsField: 'Absorbed__c' }, 'Absorbed__c', IDS],
    ['Salesforce’s record id', SALESFORCE, 'id', OWN],
    ['the survivor of a Salesforce merge', SALESFORCE, 'MasterRecordId', OWN],
    ['Tryton’s identifiers', TRYTON, 'identifiers', IDS],
    ['what Tryton’s merge leaves', TRYTON, 'replaced_by', OWN],
  ])('%s', async (_, crm, property, reason) => {
    for (const mapping of [{ remark: property }, { remark: { to: property } }, { mobiles: { to: ['a', property] } }]) {
      const [field = ''] = Object.keys(mapping);
      const expected = `\`${field}\` is mapped to \`${property}\`, ${reason}`;
      expect(await refusal(() => createTenantCrm('acme', { crm, mapping }, parts))).toContain(expected);
      expect(await refusal(() => examineTenantCrm('acme', { crm, mapping }, parts, false))).toContain(expected);
    }
  });

  it('names the tenant, and every such field at once', async () => {
    const mapping = { remark: 'dustess_contact_id', email: 'hs_object_id', qq: 'qq_number' };
    const message = await refusal(() => createTenantCrm('acme', { crm: HUBSPOT, mapping }, parts));
    expect(message).toContain('tenant acme, field mapping: ');
    expect(message).toContain('`remark`');
    expect(message).toContain('`email`');
    expect(message).not.toContain('`qq`');
  });

  it('an id property of another name frees the usual one', async () => {
    const crm = { ...HUBSPOT, idProperty: 'scrm_id' };
    const mapping = { remark: 'dustess_contact_id' };
    const tenant = await createTenantCrm('acme', { crm, mapping }, parts);
    expect(tenant.mapping.properties).toEqual(['dustess_contact_id']);
  });
});
