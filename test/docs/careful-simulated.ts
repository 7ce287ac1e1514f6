import { CALL_MS, type CrmMaker, FIELDS, type FieldKey, simulated } from 'dustess-merge-sync/adapter/testing';
import { createCarefulCrm } from './careful-crm.ts';
import { createCarefulServer } from './careful-server.ts';

const propertyOf = (field: FieldKey) => field.replace('customFields.', '');

/** The CRM without a merge of docs/adapter.md in the simulation. */
export const carefulCrm: CrmMaker = () => {
  const server = createCarefulServer([...FIELDS.map(propertyOf), 'merged_from']);
  const broken: Response[] = [];
  const heirOf = (recordId: string): string | undefined =>
    [...server.people.values()].find(({ fields }) =>
      String(fields.merged_from ?? '')
        .split(';')
        .includes(recordId),
    )?.id;
  return simulated({
    name: 'careful',
    propertyOf,
    homeOf: heirOf,
    people: () =>
      new Map(
        [...server.people.values()].map(({ id, ref, fields }) => {
          const values = Object.fromEntries(FIELDS.map((field) => [field, fields[propertyOf(field)]]));
          return [id, { contactId: ref ?? undefined, values }];
        }),
      ),
    insert: (contactId, values) => {
      const named = Object.entries(values).map(([field, value]) => [propertyOf(field as FieldKey), value]);
      server.add(contactId, Object.fromEntries(named));
    },
    respond: (url, init) => broken.pop() ?? server.respond(url, init),
    order: (random) => broken.push(new Response('', { status: random.pick([429, 502, 503]) })),
    adapter: (fetch) => createCarefulCrm({ baseUrl: 'https://careful.example', fetch, timeoutMs: CALL_MS }),
    violations: () => [],
  });
};
