import { createDynamicsCrm } from '../../lib/crm/dynamics/dynamics.ts';
import { CREDENTIALS, createDynamicsLookalike, ID_COLUMN } from '../lookalikes/dynamics.ts';
import { FIELDS, type FieldKey } from './history.ts';
import { simulated } from './simulated-account.ts';
import type { CrmMaker } from './simulated-crm.ts';
import { CALL_MS } from './world.ts';

const columnOf = (field: FieldKey) => `new_${field.replace('customFields.', '')}`;

export const dynamicsCrm: CrmMaker = (random) => {
  let now = () => 0;
  const quirks = { idsNotUnique: random.chance(0.5) };
  const lookalike = createDynamicsLookalike({ now: () => now(), quirks });
  const { org } = lookalike;
  return simulated({
    name: `dynamics ${JSON.stringify(quirks)}`,
    propertyOf: columnOf,
    homeOf: (recordId) => org.contacts.get(recordId)?.master,
    people: () =>
      new Map(
        [...org.contacts.values()]
          .filter(({ master }) => master === undefined)
          .map(({ id, values }) => [
            id,
            {
              contactId: values.get(ID_COLUMN) as string | undefined,
              values: Object.fromEntries(FIELDS.map((field) => [field, values.get(columnOf(field))])),
            },
          ]),
      ),
    insert: (contactId, values) => {
      // Without a key nothing keeps a person from writing an id a moment before ours is written on another record.
      if (quirks.idsNotUnique && lookalike.requests.length > 0) return;
      // Ours has just written this id: the key refuses a second one.
      if ([...org.contacts.values()].some((one) => one.values.get(ID_COLUMN) === contactId)) return;
      const named = Object.entries(values).map(([field, value]) => [columnOf(field as FieldKey), value]);
      lookalike.seed(contactId, Object.fromEntries(named));
    },
    respond: (url, init) => lookalike.respond(url, init),
    order: (r) => {
      const status = r.pick([429, 500, 502, 503]);
      const when = status === 429 ? 'before-effect' : r.pick(['before-effect', 'after-effect'] as const);
      lookalike.fail({ on: /./, when, status });
    },
    adapter: (fetch, world) => {
      now = world.scheduler.now;
      return createDynamicsCrm({
        ...CREDENTIALS,
        environmentUrl: 'https://acme.crm5.dynamics.com',
        idColumn: ID_COLUMN,
        allowInsecure: false,
        fetch,
        now,
        timeoutMs: CALL_MS,
      });
    },
    violations: () => lookalike.violations,
  });
};
