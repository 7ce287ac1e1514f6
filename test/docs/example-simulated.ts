import { CALL_MS, type CrmMaker, FIELDS, type FieldKey, simulated } from 'dustess-merge-sync/adapter/testing';
import { createAcmeCrm } from './example-crm.ts';
import { createAcmeServer } from './example-crm-server.ts';

const propertyOf = (field: FieldKey) => field.replace('customFields.', '');

/** The imaginary CRM of docs/adapter.md in the simulation: its server answers in memory, its adapter is the real one. */
export const exampleCrm: CrmMaker = () => {
  const acme = createAcmeServer('secret');
  const broken: Response[] = [];
  return simulated({
    name: 'acme',
    propertyOf,
    homeOf: (recordId) => acme.moved.get(recordId),
    people: () =>
      new Map(
        [...acme.people.values()].map(({ id, externalId, fields }) => {
          const values = Object.fromEntries(FIELDS.map((field) => [field, fields[propertyOf(field)]]));
          return [id, { contactId: externalId ?? undefined, values }];
        }),
      ),
    insert: (contactId, values) => {
      const named = Object.entries(values).map(([field, value]) => [propertyOf(field as FieldKey), value]);
      acme.add(contactId, Object.fromEntries(named));
    },
    respond: (url, init) => broken.pop() ?? acme.respond(url, init),
    order: (random) => broken.push(new Response('', { status: random.pick([429, 502, 503]) })),
    adapter: (fetch, { scheduler: { now } }) =>
      createAcmeCrm({ baseUrl: 'https://acme.example', token: 'secret', fetch, now, timeoutMs: CALL_MS }),
    violations: () => [],
  });
};
