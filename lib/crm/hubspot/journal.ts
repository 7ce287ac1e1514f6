import { CrmError } from '../../errors.ts';
import { asObject, isBlank, isJsonObject, jsonIn, objectIn, objectsIn } from '../../json.ts';
import type { CountedAssociations, CrmRecord } from '../../ports.ts';
import { askedOnce } from '../asked-once.ts';
import { BEGINS, type HubspotCalls } from './calls.ts';
import type { HubspotJournal } from './settings.ts';

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
const ASSOCIATIONS = ['companies', 'deals', 'tickets'];
const SCOPES: Record<string, string> = {
  companies: 'crm.objects.companies.read',
  deals: 'crm.objects.deals.read',
  tickets: 'tickets',
};

/** What a plan keeps of contacts as they were, besides what the tenant maps. */
export interface PreImages {
  /** Names of properties. @throws CrmError where HubSpot does not tell them all. */
  properties(): Promise<string[]>;
  /** The record with what is not read with its properties, and without what is empty. @throws CrmError */
  complete(record: CrmRecord): Promise<CrmRecord>;
}

const kindsToCount = ({ properties, associations }: HubspotJournal) =>
  associations ?? (properties === 'all' ? ASSOCIATIONS : []);

/** What a token needs for the associations that are counted, as far as it is known. */
export const scopesToCount = (journal: HubspotJournal = {}): string[] =>
  kindsToCount(journal).flatMap((kind) => SCOPES[kind] ?? []);

/** @param journal left out: a handful of properties. */
export function createPreImages(calls: HubspotCalls, journal: HubspotJournal = {}): PreImages {
  const { properties = FOR_THE_JOURNAL } = journal;
  const associations = kindsToCount(journal);
  return {
    properties: properties === 'all' ? askedOnce(() => readNames(calls)) : async () => properties,
    async complete(record) {
      const values = Object.fromEntries(Object.entries(record.values).filter(([, value]) => !isBlank(value)));
      if (associations.length === 0) return properties === 'all' ? { ...record, values } : record;
      return { ...record, values, associations: await countAssociations(calls, record.recordId, associations) };
    },
  };
}

/** https://developers.hubspot.com/docs/api-reference/latest/crm/properties/get-properties: all in one answer. */
async function readNames(calls: HubspotCalls): Promise<string[]> {
  const label = 'the properties of contacts';
  const { results } = objectIn((await calls({ method: 'GET', properties: '', label, ...BEGINS })).text);
  const names = objectsIn(results).map(({ name }) => name);
  if (!Array.isArray(results) || names.some((name) => typeof name !== 'string')) throw unreadable(label);
  return names as string[];
}

/** Of each kind as many as one page has: https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide */
async function countAssociations(calls: HubspotCalls, recordId: string, kinds: string[]): Promise<CountedAssociations> {
  const label = 'what a contact is associated with';
  const query = new URLSearchParams({ properties: 'hs_object_id', associations: kinds.join(',') });
  const contacts = `/${encodeURIComponent(recordId)}?${query}`;
  const answer = jsonIn((await calls({ method: 'GET', contacts, label, ...BEGINS })).text);
  if (!isJsonObject(answer)) throw unreadable(label);
  const counted = Object.entries(asObject(answer.associations)).map(([kind, found]) => {
    const { results, paging } = asObject(found);
    const count = new Set(objectsIn(results).map(({ id }) => id)).size;
    return [kind, { count, isComplete: paging === undefined }];
  });
  return Object.fromEntries(counted);
}

const unreadable = (label: string) =>
  new CrmError('retry-soon', `hubspot: ${label} was answered with something unreadable`, { code: 'UNREADABLE_ANSWER' });
