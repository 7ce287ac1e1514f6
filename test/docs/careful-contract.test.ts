import type { PropertyValues } from 'dustess-merge-sync/adapter';
import { recordCrmContract, serveAnswers, simulate } from 'dustess-merge-sync/adapter/testing';
import { createCarefulCrm } from './careful-crm.ts';
import { createCarefulServer } from './careful-server.ts';
import { carefulCrm } from './careful-simulated.ts';

recordCrmContract(
  'careful',
  async ({ fetch, timeoutMs }) => {
    const server = createCarefulServer(['nickname', 'note', 'colours', 'merged_from']);
    const { url, close } = await serveAnswers(server.respond);
    return {
      crm: createCarefulCrm({ baseUrl: url, fetch, timeoutMs }),
      properties: { text: 'nickname', note: 'note', colours: 'colours' },
      seed: async (contactId: string, values: PropertyValues) => server.add(contactId, values).id,
      seedTwin: async (contactId: string, values: PropertyValues) => server.add(contactId, values).id,
      records: async () =>
        [...server.people.values()].map(({ id, ref, fields }) => ({
          recordId: id,
          contactId: ref ?? undefined,
          values: fields as Record<string, string | string[] | null>,
        })),
      absorbed: () => server.state.deletions,
      unknownRecordId: 'p999999',
      refused: { note: 'x'.repeat(6_000) },
      relations: {
        add: async (recordId) => void server.orders.set(`o${server.orders.size + 1}`, recordId),
        count: async (recordId) => server.ordersOf(recordId).length,
      },
      stopHalfWay: async () => {
        server.state.refusesDeletion = true;
      },
      close,
    };
  },
  // Several requests make a merge; it is done with the last one.
  { concerns: (operation, request) => operation !== 'merge' || request.method === 'DELETE' },
);

it('keeps the promises in the simulation', async () => {
  expect(await simulate(carefulCrm, { seeds: 60 })).toEqual([]);
});
