import type { Json } from '../json.ts';
import type { Payload } from '../ledger/contents.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { Plan } from '../ledger/plans.ts';

/** Whether an event says something of one of these contacts, as far as it is still kept. */
export function namesOne(ids: ReadonlySet<string>, record: EventRecord, payload: Payload | undefined, plans: Plan[]) {
  if (record.missing?.some((id) => ids.has(id))) return true;
  if (plans.some((plan) => contactsOf(plan).some((id) => ids.has(id)))) return true;
  return payload !== undefined && holdsOne(ids, payload.body);
}

const contactsOf = ({ identities, before }: Plan): string[] => {
  const { survivor, absorbed, namedSurvivor = survivor } = identities;
  return [survivor, namedSurvivor, ...absorbed, ...before.flatMap(({ contactId }) => contactId ?? [])];
};

/** Anywhere in it: also an event that cannot be read names its contacts somewhere. */
function holdsOne(ids: ReadonlySet<string>, value: Json): boolean {
  for (const open: Json[] = [value]; open.length > 0; ) {
    const one = open.pop();
    if (typeof one === 'object' && one !== null) open.push(...(Object.values(one) as Json[]));
    else if (ids.has(String(one))) return true;
  }
  return false;
}
