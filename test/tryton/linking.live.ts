import { createTrytonLinking } from '../../lib/crm/tryton/linking.ts';
import { createTrytonCrm } from '../../lib/crm/tryton/tryton.ts';
import { linkableCrmContract } from '../contracts/linkable-crm.ts';
import { access, makeParty, openPart } from './live.ts';

linkableCrmContract('tryton, live', async ({ fetch }) => {
  const { prefix } = openPart();
  const options = { ...access(fetch), timeoutMs: 5_000, identifierPrefix: prefix };
  return {
    crm: createTrytonLinking(options, { pageSize: 20 }),
    properties: { note: 'name', mobile: 'mobile', email: 'email' },
    seed: async (contactId, { name, mobile, email }) =>
      makeParty({
        name: name ?? '',
        ...(mobile !== undefined && { contact_mechanisms: [['create', [{ type: 'mobile', value: mobile }]]] }),
        ...(email !== undefined && { contact_mechanisms: [['create', [{ type: 'email', value: email }]]] }),
        ...(contactId !== undefined && { identifiers: [['create', [{ code: prefix + contactId }]]] }),
      }),
    merge: async (survivor, loser) => void (await createTrytonCrm(options).merge({ survivor, losers: [loser] })),
    unknownRecordId: '987654321',
    idsAreUnique: false,
    shared: true,
    morePages: 25,
  };
});
