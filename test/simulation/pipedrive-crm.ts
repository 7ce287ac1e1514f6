import { createPipedriveCrm } from '../../lib/crm/pipedrive/pipedrive.ts';
import { createPipedriveLookalike, FIELD, TOKEN } from '../lookalikes/pipedrive.ts';
import { FIELDS, type FieldKey } from './history.ts';
import { simulated } from './simulated-account.ts';
import type { CrmMaker } from './simulated-crm.ts';
import { CALL_MS } from './world.ts';

const KEYS: Record<FieldKey, string> = {
  remark: FIELD.text,
  position: FIELD.note,
  address: 'a'.repeat(40),
  'customFields.c1': 'b'.repeat(40),
};

export const pipedriveCrm: CrmMaker = () => {
  const lookalike = createPipedriveLookalike(Object.values(KEYS));
  const { persons } = lookalike;
  const broken: Response[] = [];
  return simulated({
    name: 'pipedrive',
    cannotCreate: true, // A person needs a name there.
    propertyOf: (field) => KEYS[field],
    homeOf: (recordId) => {
      const survivors = [...persons.values()].filter(({ custom }) =>
        String(custom.get(FIELD.merged) ?? '')
          .split(';')
          .includes(recordId),
      );
      return survivors[0] && String(survivors[0].id);
    },
    people: () =>
      new Map(
        [...persons.values()].map(({ id, custom }) => [
          String(id),
          {
            contactId: custom.get(FIELD.contactId) as string | undefined,
            values: Object.fromEntries(FIELDS.map((field) => [field, custom.get(KEYS[field])])),
          },
        ]),
      ),
    insert: (contactId, values) => {
      // Nothing keeps a person from writing an id a moment before ours is written on another record.
      if (lookalike.requests.length > 0) return;
      const named = Object.entries(values).map(([field, value]) => [KEYS[field as FieldKey], value]);
      lookalike.seed(contactId, Object.fromEntries(named));
    },
    respond: (url, init) => broken.pop() ?? lookalike.respond(url, init),
    order: (random) => broken.push(new Response('', { status: random.pick([429, 502, 503]) })),
    adapter: (fetch, world) =>
      createPipedriveCrm({
        baseUrl: 'https://acme.pipedrive.com',
        apiToken: TOKEN,
        idField: FIELD.contactId,
        mergedField: FIELD.merged,
        allowInsecure: false,
        fetch,
        now: world.scheduler.now,
        timeoutMs: CALL_MS,
      }),
    violations: () => lookalike.violations,
  });
};
