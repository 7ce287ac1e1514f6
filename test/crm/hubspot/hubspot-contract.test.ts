import { recordCrmContract } from '../../contracts/record-crm.ts';
import type { HubspotQuirks } from '../../lookalikes/hubspot-account.ts';
import { type Account, createAccount, makePortalWorld } from './portal-world.ts';

const accounts: [string, Partial<HubspotQuirks>][] = [
  ['hubspot, new record id at every merge', {}],
  ['hubspot with Primary ID Preservation', { keepsPrimaryId: true }],
  [
    'hubspot, where what is not documented is otherwise',
    { loserValueResolves: true, oldIdsAreWritable: true, repeatedMerge: 'accepted', batchRepeatsContacts: true },
  ],
  ['hubspot, where a repeated merge is not found', { repeatedMerge: 'not-found', clearedBeatsLoser: true }],
];

for (const [name, quirks] of accounts) {
  const opened: Account[] = [];
  afterEach(() => {
    for (const { broken } of opened.splice(0)) expect(broken).toEqual([]);
  });
  recordCrmContract(name, (tools) => {
    const account = createAccount({ quirks });
    opened.push(account);
    return makePortalWorld(tools, account);
  });
}
