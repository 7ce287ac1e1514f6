import { batchesOf } from '../../batches.ts';
import { inParallel } from '../../in-parallel.ts';
import type { CrmRecord } from '../../ports.ts';
import { BEGINS, type HubspotCalls } from './calls.ts';
import { type HubspotContact, readContacts, toRecord } from './contacts.ts';
import type { PreImages } from './journal.ts';

const MAX_BATCH = 100;

export interface Lookup {
  idProperty: string;
  contactIds: string[];
  /** What the core wants to see of each contact. */
  properties: string[];
  /** Left out: nothing more. */
  preImages?: PreImages;
}

/** Contacts by their id property, whose values are unique. Never by search: its index lags behind writes. */
export async function findContacts(
  calls: HubspotCalls,
  { idProperty, contactIds, properties, preImages }: Lookup,
): Promise<{ asked: string; record: CrmRecord }[]> {
  const asked = [...new Set(contactIds)].filter((contactId) => contactId !== '');
  const wanted = [...new Set([idProperty, ...properties, ...((await preImages?.properties()) ?? [])])];
  const read = (ids: string[]) => readBatch(calls, { ids, idProperty, wanted });
  const found: { asked: string; contact: HubspotContact }[] = [];
  for (const some of batchesOf(asked, MAX_BATCH)) found.push(...(await findSome(read, idProperty, some)));
  return inParallel(found, async ({ asked, contact }) => {
    const record = toRecord(contact, idProperty);
    return { asked, record: preImages ? await preImages.complete(record) : record };
  });
}

/**
 * A batch's answer does not say which id led to which contact; normally the contact's own id property does. Where a
 * contact came up that has none of the ids asked for (a merged-away id that still leads to its survivor: whether it
 * does is not documented), those left over are asked for one by one.
 */
async function findSome(read: (ids: string[]) => Promise<HubspotContact[]>, idProperty: string, ids: string[]) {
  const contacts = distinct(await read(ids));
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0) return contacts.map((contact) => ({ asked: only, contact }));
  const found = contacts.flatMap((contact) => {
    const own = ids.find((id) => id === contact.properties[idProperty]);
    return own === undefined ? [] : [{ asked: own, contact }];
  });
  if (found.length === contacts.length) return found;
  for (const id of ids.filter((id) => !found.some(({ asked }) => asked === id)))
    for (const contact of distinct(await read([id]))) found.push({ asked: id, contact });
  return found;
}

const distinct = (contacts: HubspotContact[]) => [
  ...new Map(contacts.map((contact) => [contact.id, contact])).values(),
];

async function readBatch(calls: HubspotCalls, what: { ids: string[]; idProperty: string; wanted: string[] }) {
  const label = 'contacts by their contact ids';
  const body = {
    idProperty: what.idProperty,
    properties: what.wanted,
    propertiesWithHistory: [],
    inputs: what.ids.map((id) => ({ id })),
  };
  return readContacts(await calls({ method: 'POST', contacts: '/batch/read', label, body, ...BEGINS }), label);
}
