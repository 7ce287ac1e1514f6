import type { PropertyValues } from 'dustess-merge-sync/adapter';
import { recordCrmContract, serveAnswers } from 'dustess-merge-sync/adapter/testing';
import { createAcmeCrm } from './example-crm.ts';
import { createAcmeServer } from './example-crm-server.ts';

recordCrmContract('acme', async ({ fetch, timeoutMs }) => {
  const acme = createAcmeServer('secret');
  const { url, close } = await serveAnswers(acme.respond);
  return {
    crm: createAcmeCrm({ baseUrl: url, token: 'secret', fetch, now: Date.now, timeoutMs }),
    properties: { text: 'nickname', note: 'note', colours: 'colours' },
    seed: async (contactId: string, values: PropertyValues) => acme.add(contactId, values).id,
    records: async () =>
      [...acme.people.values()].map(({ id, externalId, fields }) => ({
        recordId: id,
        contactId: externalId ?? undefined,
        values: fields as Record<string, string | string[] | null>,
      })),
    absorbed: () => acme.moved.size,
    unknownRecordId: '999999',
    close,
  };
});
