import { createSalesforceCrm } from '../../../lib/crm/salesforce/salesforce.ts';
import { createStaticSession } from '../../../lib/crm/salesforce/session.ts';
import type { PropertyValue, PropertyValues } from '../../../lib/ports.ts';
import { recordCrmContract } from '../../contracts/record-crm.ts';
import { makeId } from '../../lookalikes/salesforce/org.ts';
import { createSalesforceLookalike, type SalesforceLookalike } from '../../lookalikes/salesforce.ts';

const ID_FIELD = 'Dustess_Contact_Id__c';

for (const idFieldNotUnique of [false, true]) {
  recordCrmContract(`salesforce (id field ${idFieldNotUnique ? 'not ' : ''}unique)`, async ({ fetch, timeoutMs }) => {
    const lookalike = createSalesforceLookalike({ quirks: { idFieldNotUnique } });
    const server = await lookalike.listen();
    const session = createStaticSession(lookalike.sessions.issue());
    const seed = async (contactId: string, values: PropertyValues) => lookalike.seed(contactId, plain(values));
    return {
      crm: createSalesforceCrm({
        instanceUrl: server.url,
        session,
        fetch,
        now: Date.now,
        timeoutMs,
        journalFields: [],
      }),
      properties: { text: 'LastName', note: 'Description', colours: 'Colours__c' },
      typed: [
        { property: 'Birthdate', value: '2024-02-29', shows: '2024-02-29' },
        { property: 'Met_At__c', value: '2024-02-29T23:59:59.000Z', shows: '2024-02-29T23:59:59.000Z' },
        { property: 'Score__c', value: -12345.67, shows: '-12345.67' },
        { property: 'Signed__c', value: true, shows: 'true' },
        { property: 'Signed__c', value: false, shows: 'false' },
      ],
      refused: { Title: 'x'.repeat(129) },
      seed,
      ...(idFieldNotUnique && { seedTwin: seed }),
      records: async () => recordsOf(lookalike),
      absorbed: () => lookalike.org.absorbed,
      unknownRecordId: makeId('003', 999_999),
      async close() {
        await server.close();
        expect(lookalike.violations).toEqual([]);
      },
    };
  });
}

const plain = (values: PropertyValues) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asField(value)]));
const asField = (value: PropertyValue) => (Array.isArray(value) ? value.join(';') : value);

function recordsOf({ org }: SalesforceLookalike) {
  const alive = [...org.rows.values()].filter((row) => !row.IsDeleted);
  return alive.map(({ Id, fields }) => ({
    recordId: Id,
    contactId: fields[ID_FIELD] ? String(fields[ID_FIELD]) : undefined,
    values: {
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === null ? null : `${value}`])),
      Colours__c: fields.Colours__c ? String(fields.Colours__c).split(';') : null,
    },
  }));
}
