import { createSalesforceLinking } from '../../../lib/crm/salesforce/linking.ts';
import { createStaticSession } from '../../../lib/crm/salesforce/session.ts';
import { linkableCrmContract } from '../../contracts/linkable-crm.ts';
import { makeId } from '../../lookalikes/salesforce/org.ts';
import { createSalesforceLookalike } from '../../lookalikes/salesforce.ts';

const ID_FIELD = 'Dustess_Contact_Id__c';

for (const idFieldNotUnique of [false, true]) {
  const name = `salesforce (id field ${idFieldNotUnique ? 'not ' : ''}unique)`;
  linkableCrmContract(name, async ({ fetch, timeoutMs }) => {
    const lookalike = createSalesforceLookalike({ quirks: { idFieldNotUnique, pageSize: 25 } });
    const server = await lookalike.listen();
    const session = createStaticSession(lookalike.sessions.issue());
    return {
      crm: createSalesforceLinking({ instanceUrl: server.url, session, fetch, now: Date.now, timeoutMs }),
      properties: { note: 'Description', mobile: 'MobilePhone', email: 'Email' },
      seed: async (contactId, values) =>
        lookalike.org.insert({ LastName: 'Seeded', ...values, [ID_FIELD]: contactId ?? null }).Id,
      merge: async (survivor, loser) => void lookalike.org.merge(survivor, [loser], {}),
      unknownRecordId: makeId('003', 999_999),
      idsAreUnique: !idFieldNotUnique,
      morePages: 60,
      async close() {
        await server.close();
        expect(lookalike.violations).toEqual([]);
      },
    };
  });
}
