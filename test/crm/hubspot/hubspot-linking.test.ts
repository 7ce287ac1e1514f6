import { setTimeout as sleep } from 'node:timers/promises';
import { createHubspotLinking } from '../../../lib/crm/hubspot/linking.ts';
import { linkableCrmContract } from '../../contracts/linkable-crm.ts';
import { type Account, createAccount, ID_PROPERTY } from './portal-world.ts';

for (const keepsPrimaryId of [false, true]) {
  const opened: Account[] = [];
  afterEach(() => {
    for (const { broken } of opened.splice(0)) expect(broken).toEqual([]);
  });
  linkableCrmContract(`hubspot (${keepsPrimaryId ? 'primary id kept' : 'new id at a merge'})`, async (tools) => {
    const account = createAccount({ quirks: { keepsPrimaryId } });
    opened.push(account);
    const { portal } = account;
    const { url, close } = await account.listen();
    return {
      crm: createHubspotLinking({ ...tools, baseUrl: url, token: 'pat-test', now: Date.now, sleep }),
      properties: { note: 'remark', mobile: 'mobilephone', email: 'email' },
      seed: async (contactId, values) =>
        portal.create({ ...values, ...(contactId !== undefined && { [ID_PROPERTY]: contactId }) }).id,
      merge: async (survivor, loser) => void portal.merge(survivor, loser),
      unknownRecordId: '999999',
      idsAreUnique: true,
      morePages: 101,
      close,
    };
  });
}
