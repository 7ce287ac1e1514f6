import { CrmError } from '../../errors.ts';
import { asObject, type Json, objectIn, objectsIn, textIn } from '../../json.ts';
import type { IdWrite, LinkableCrm, LinkRecord } from '../../ports.ts';
import { createHubspotCalls, type HubspotCalls, READS, WRITES } from './calls.ts';
import { type HubspotContact, readContacts } from './contacts.ts';
import { findContacts } from './find.ts';
import type { HubspotOptions } from './hubspot.ts';
import { searchContacts } from './search.ts';
import { HUBSPOT_ID_PROPERTY } from './settings.ts';

/** What the list, the batch read and the batch update take at once. */
const MAX_BATCH = 100;
/** HubSpot's contacts for linking: list and batch calls; the search, whose index lags behind, for one value alone. @throws ConfigError */
export function createHubspotLinking(options: HubspotOptions): LinkableCrm {
  const { idProperty = HUBSPOT_ID_PROPERTY } = options;
  const calls = createHubspotCalls(options);
  return {
    name: 'hubspot',
    keyProperties: { mobile: ['mobilephone', 'phone'], email: ['email', 'hs_additional_emails'] },
    batchSize: MAX_BATCH,
    scan: (properties, after) => scanContacts(calls, { idProperty, properties, after }),
    read: (recordIds, properties) => readByRecordId(calls, { idProperty, recordIds, properties }),
    async find(contactIds) {
      const found = await findContacts(calls, { idProperty, contactIds, properties: [] });
      return found.map(({ asked, record }) => ({ asked, recordId: record.recordId }));
    },
    search: (wanted) => searchContacts(calls, wanted),
    writeIds: (writes) => writeIds(calls, idProperty, writes),
  };
}

interface Page {
  idProperty: string;
  properties: string[];
  after: string | undefined;
}

async function scanContacts(calls: HubspotCalls, { idProperty, properties, after }: Page) {
  const query = new URLSearchParams({ limit: String(MAX_BATCH), properties: [idProperty, ...properties].join(',') });
  if (after !== undefined) query.set('after', after);
  const label = 'a page of contacts';
  const response = await calls({ method: 'GET', contacts: `?${query}`, label, ...READS });
  const next = textIn(asObject(asObject(objectIn(response.text).paging).next), 'after');
  const records = readContacts(response, label).map((contact) => toLinkRecord(contact, idProperty, properties));
  if (next !== undefined && next === after) throw stands();
  return { records, ...(next !== undefined && { after: next }) };
}

const stands = () =>
  new CrmError('retry-soon', 'hubspot: a page of contacts named itself as the next one', { code: 'UNREADABLE_ANSWER' });

interface ByRecordId {
  idProperty: string;
  recordIds: string[];
  properties: string[];
}

/** A record that was merged away comes under its survivor's id, which was not asked for: it is left out. */
async function readByRecordId(calls: HubspotCalls, { idProperty, recordIds, properties }: ByRecordId) {
  if (recordIds.length === 0) return [];
  const label = 'contacts by their record ids';
  const wanted = [...new Set([idProperty, ...properties])];
  const body = { properties: wanted, propertiesWithHistory: [], inputs: recordIds.map((id) => ({ id })) };
  const contacts = readContacts(await calls({ method: 'POST', contacts: '/batch/read', label, body, ...READS }), label);
  const asked = new Set(recordIds);
  const there = new Map(contacts.filter(({ id }) => asked.has(id)).map((contact) => [contact.id, contact]));
  return [...there.values()].map((contact) => toLinkRecord(contact, idProperty, properties));
}

function toLinkRecord({ id, properties }: HubspotContact, idProperty: string, wanted: string[]): LinkRecord {
  const contactId = textIn(properties, idProperty);
  const values = wanted.map((name) => [name, textsIn(properties[name])] as const);
  return {
    recordId: id,
    contactIds: contactId ? [contactId] : [],
    values: Object.fromEntries(values.filter(([, texts]) => texts.length > 0)),
  };
}

/** One text, also where HubSpot puts several values in it, separated by `;`. */
const textsIn = (value: Json | undefined): string[] => (typeof value === 'string' && value !== '' ? [value] : []);

/** An empty text clears. @throws CrmError `permanent` where HubSpot refuses the batch for one of its members. */
async function writeIds(calls: HubspotCalls, idProperty: string, writes: IdWrite[]): Promise<Map<string, string>> {
  const inputs = writes.map(({ recordId, contactId }) => ({
    id: recordId,
    properties: { [idProperty]: contactId ?? '' },
  }));
  const label = 'the ids of contacts';
  const { text } = await calls({ method: 'POST', contacts: '/batch/update', label, body: { inputs }, ...WRITES });
  const { results, errors } = objectIn(text);
  if (!Array.isArray(results))
    throw new CrmError('ambiguous', `hubspot: ${label} were answered with something unreadable`, {
      code: 'UNREADABLE_ANSWER',
    });
  const written = new Set(objectsIn(results).map(({ id }) => id));
  const code = objectsIn(errors).map((error) => textIn(error, 'category'))[0] ?? 'NOT_WRITTEN';
  return new Map(writes.flatMap(({ recordId }) => (written.has(recordId) ? [] : [[recordId, code]])));
}
