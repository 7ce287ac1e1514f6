import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY } from '../../lib/crm/hubspot/settings.ts';
import { DEFAULT_ID_FIELD } from '../../lib/crm/salesforce/settings.ts';
import { createHubspotLookalike } from '../lookalikes/hubspot.ts';
import { property } from '../lookalikes/hubspot-account.ts';
import { createSalesforceLookalike } from '../lookalikes/salesforce.ts';
import { ACCEPTED, eventually, KEYS_ENV, mergeBody, post, sealedEnvelope } from './sender.ts';
import { killAll, startStack } from './stack-process.ts';

afterAll(killAll);

const ENV = { ...KEYS_ENV, SAMPLE: '0' };

async function sendMerge(url: string, id: string, survivor: string, loser: string, remark: string) {
  const body = mergeBody(survivor, [loser], { changed: { remark } });
  expect(await post(`${url}/callback/local`, sealedEnvelope(id, body))).toEqual(ACCEPTED);
  return eventually(url, id, ['applied', 'skipped', 'parked']);
}

describe('the embedded stack with a vendor’s CRM behind it', () => {
  it('CRM=hubspot merges a chain, follows the new record ids and writes what the mapping says', async () => {
    const lookalike = createHubspotLookalike({ now: Date.now, token: 'pat-test' });
    const { portal } = lookalike;
    portal.properties.set(HUBSPOT_ID_PROPERTY, { ...property(HUBSPOT_ID_PROPERTY), hasUniqueValue: true });
    for (const name of [HUBSPOT_ABSORBED_IDS_PROPERTY, 'nickname']) portal.properties.set(name, property(name));
    for (const id of ['A', 'B', 'C']) portal.create({ [HUBSPOT_ID_PROPERTY]: id, email: `${id}@example.com` });
    const server = await lookalike.listen();
    const stack = await startStack({
      ...ENV,
      CRM: 'hubspot',
      HUBSPOT_BASE_URL: server.url,
      HUBSPOT_TOKEN: 'pat-test',
      MAPPING: '{"remark":"nickname"}',
    });
    // Backwards: B is gone already when A is merged into it.
    expect(await sendMerge(stack.url, 'e2', 'C', 'B', 'the second')).toMatchObject({ state: 'applied' });
    expect(await sendMerge(stack.url, 'e1', 'B', 'A', 'of a contact that is gone')).toMatchObject({ state: 'applied' });
    const [left, ...others] = [...portal.contacts.values()];
    expect(others).toEqual([]);
    expect(left?.values.get(HUBSPOT_ID_PROPERTY)).toBe('C');
    expect(left?.values.get('nickname')).toBe('the second');
    expect(left?.values.get(HUBSPOT_ABSORBED_IDS_PROPERTY)?.split(';').sort()).toEqual(['A', 'B']);
    expect(lookalike.broken).toEqual([]);
    await stack.end();
    await server.close();
  });

  it('CRM=salesforce merges and sets the values in the same call', async () => {
    const lookalike = createSalesforceLookalike({ fields: { Remark__c: { type: 'string' } }, now: Date.now });
    for (const id of ['A', 'B']) lookalike.seed(id);
    const server = await lookalike.listen();
    const stack = await startStack({
      ...ENV,
      CRM: 'salesforce',
      SALESFORCE_INSTANCE_URL: server.url,
      SALESFORCE_TOKEN: lookalike.sessions.issue(),
      MAPPING: '{"remark":"Remark__c"}',
    });
    expect(await sendMerge(stack.url, 'e1', 'A', 'B', 'the survivor')).toMatchObject({ state: 'applied' });
    const alive = [...lookalike.org.rows.values()].filter(({ IsDeleted }) => !IsDeleted);
    expect(alive.map(({ fields }) => [fields[DEFAULT_ID_FIELD], fields.Remark__c])).toEqual([['A', 'the survivor']]);
    expect(lookalike.requests.map(({ operation }) => operation)).toEqual(['query', 'merge']);
    expect(lookalike.violations).toEqual([]);
    await stack.end();
    await server.close();
  });
});
