import type { Json } from '../json.ts';
import type { Payload } from '../ledger/contents.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { Plan } from '../ledger/plans.ts';
import type { UndoPlan } from '../ledger/undo-plans.ts';

/**
 * Whether an event says something of one of these contacts, as far as it is still kept. @param planned the contacts of each
 * of its plans.
 */
export function namesOne(
  ids: ReadonlySet<string>,
  record: EventRecord,
  payload: Payload | undefined,
  planned: string[][],
): boolean {
  if (record.missing?.some((id) => ids.has(id))) return true;
  if (planned.some((contacts) => contacts.some((id) => ids.has(id)))) return true;
  return payload !== undefined && holdsOne(ids, payload.body);
}

export const contactsOf = ({ identities, before }: Plan): string[] => {
  const { survivor, absorbed, namedSurvivor = survivor } = identities;
  return [survivor, namedSurvivor, ...absorbed, ...before.flatMap(({ contactId }) => contactId ?? [])];
};

export const contactsOfUndo = ({ survivor, losers }: UndoPlan): string[] => [survivor, ...losers];

/** Anywhere in it: also an event that cannot be read names its contacts somewhere. */
function holdsOne(ids: ReadonlySet<string>, value: Json): boolean {
  for (const open: Json[] = [value]; open.length > 0; ) {
    const one = open.pop();
    if (typeof one === 'object' && one !== null) open.push(...(Object.entries(one).flat() as Json[]));
    else if (ids.has(String(one))) return true;
  }
  return false;
}
