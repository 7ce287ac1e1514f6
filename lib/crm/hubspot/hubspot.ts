import { CrmError } from '../../errors.ts';
import type { RecordCrm, RecordLocation, RecordWrite } from '../../ports.ts';
import { createHubspotCalls, type HubspotAccess, type HubspotCalls } from './calls.ts';
import { type HubspotContact, readContact, readContacts, toProperties, toRecord } from './contacts.ts';

const NAME = 'hubspot';
const CONTACTS = '/crm/v3/objects/contacts';
const MOST_IN_A_BATCH = 100;

// An event that has not begun can wait in the queue; one that is half done should be finished.
const PATIENCE_TO_BEGIN_MS = 1_000;
const PATIENCE_MS = 3_000;

// What a human wants to see of a contact as it was before the merge, besides what the tenant maps.
const FOR_THE_JOURNAL = [
  'email',
  'firstname',
  'lastname',
  'phone',
  'mobilephone',
  'lifecyclestage',
  'hubspot_owner_id',
  'hs_additional_emails',
  'hs_email_optout',
  'hs_merged_object_ids',
];

export interface HubspotOptions extends HubspotAccess {
  /** Internal name of the contact property with unique values that holds the 尘锋 contact id. */
  idProperty?: string;
  /** Internal name of the plain text property that collects the losers' contact ids. */
  absorbedIdsProperty?: string;
}

export const HUBSPOT_ID_PROPERTY = 'dustess_contact_id';
export const HUBSPOT_ABSORBED_IDS_PROPERTY = 'dustess_merged_contact_ids';

/**
 * HubSpot's contacts. Found by a property with unique values, never by search, whose index lags behind writes. Merged
 * in pairs; a merge may give the survivor a new record id (HubSpot's default since 2025) or keep its id (accounts with
 * "Primary ID Preservation"), and either way the old ids lead to it on a read.
 * @throws ConfigError at once for a token that cannot be one.
 */
export function createHubspotCrm(options: HubspotOptions): RecordCrm {
  const { idProperty = HUBSPOT_ID_PROPERTY, absorbedIdsProperty = HUBSPOT_ABSORBED_IDS_PROPERTY } = options;
  const calls = createHubspotCalls(options);
  const propertiesOf = ({ contactId, values }: RecordWrite) => ({
    ...toProperties(values),
    ...(contactId !== undefined && { [idProperty]: contactId }),
  });
  return {
    style: 'record',
    name: NAME,
    rules: { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: true, absorbedIdsProperty },
    find: (contactIds, properties) => findContacts(calls, idProperty, contactIds, properties),
    locate: (recordIds) => whereaboutsOf(calls, recordIds),
    merge: (pair) => mergePair(calls, pair),
    async update(recordId, write) {
      const path = `${CONTACTS}/${encodeURIComponent(recordId)}`;
      await calls({ method: 'PATCH', path, label: 'a contact', body: { properties: propertiesOf(write) }, ...WRITES });
    },
    async create(write) {
      const call = { method: 'POST' as const, label: 'a new contact', ...WRITES };
      const response = await calls({ ...call, path: CONTACTS, body: { properties: propertiesOf(write) } });
      return { recordId: readContact(response, call).id };
    },
  };
}

const WRITES = { repeatable: false, patienceMs: PATIENCE_MS };
const READS = { repeatable: true, patienceMs: PATIENCE_MS };

async function findContacts(calls: HubspotCalls, idProperty: string, contactIds: string[], properties: string[]) {
  const asked = [...new Set(contactIds)].filter((contactId) => contactId !== '');
  const wanted = [...new Set([idProperty, ...properties, ...FOR_THE_JOURNAL])];
  const found: { asked: string; contact: HubspotContact }[] = [];
  for (let from = 0; from < asked.length; from += MOST_IN_A_BATCH) {
    const some = asked.slice(from, from + MOST_IN_A_BATCH);
    found.push(...(await findSome((ids) => readBatch(calls, { ids, idProperty, wanted }), idProperty, some)));
  }
  return found.map(({ asked, contact }) => ({ asked, record: toRecord(contact, idProperty) }));
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
  const path = `${CONTACTS}/batch/read`;
  const call = { method: 'POST' as const, path, label, repeatable: true, patienceMs: PATIENCE_TO_BEGIN_MS, body };
  return readContacts(await calls(call), label);
}

/** One read for each id: a single read is where HubSpot documents that old ids lead to the merged record. */
async function whereaboutsOf(calls: HubspotCalls, recordIds: string[]): Promise<Map<string, RecordLocation>> {
  const places = new Map<string, RecordLocation>();
  for (const recordId of new Set(recordIds)) {
    const path = `${CONTACTS}/${encodeURIComponent(recordId)}?properties=hs_object_id`;
    const call = { method: 'GET' as const, path, label: 'a contact', accepts: 404, ...READS };
    const response = await calls(call);
    places.set(recordId, response.status === 404 ? 'gone' : { recordId: readContact(response, call).id });
  }
  return places;
}

/** @returns the id under which the survivor lives from now on, new or not. */
async function mergePair(calls: HubspotCalls, pair: { survivor: string; losers: string[]; write?: RecordWrite }) {
  const { survivor, losers, write } = pair;
  const [loser, ...more] = losers;
  if (loser === undefined || more.length > 0 || loser === survivor || write)
    throw new CrmError('permanent', 'hubspot: a merge takes two different contacts and no values', {
      code: 'NOT_A_PAIR',
    });
  const call = { method: 'POST' as const, path: `${CONTACTS}/merge`, label: 'a merge of two contacts', ...WRITES };
  const response = await calls({ ...call, body: { primaryObjectId: survivor, objectIdToMerge: loser } });
  return { survivor: readContact(response, call).id };
}
