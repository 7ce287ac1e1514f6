import { batchesOf } from '../../batches.ts';
import { asObject, objectIn, textIn } from '../../json.ts';
import { nationalDigits } from '../../linking/keys.ts';
import { type Found, type KeySearch, MAX_FOUND } from '../../ports.ts';
import { type HubspotCalls, READS } from './calls.ts';
import { readContacts } from './contacts.ts';

type Filter = { propertyName: string; operator: string; value: string };

/** Groups that one search takes: https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm */
const MAX_GROUPS = 5;

/**
 * Record ids of contacts that hold a value. HubSpot's search lags behind writes by seconds. It finds a phone number by
 * what it has calculated of it, in whatever spelling, without the country code (properties `hs_searchable_calculated_*`),
 * and by a part of the text (`CONTAINS_TOKEN` with `*`), which also finds the second number of a property that has two:
 * https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
 */
export async function searchContacts(calls: HubspotCalls, wanted: KeySearch): Promise<Found> {
  const filters = wanted.key === 'mobile' ? phoneFilters(wanted) : emailFilters(wanted);
  const found: Found[] = [];
  for (const some of batchesOf(filters, MAX_GROUPS)) found.push(await searchOnce(calls, some));
  return {
    recordIds: [...new Set(found.flatMap(({ recordIds }) => recordIds))],
    isComplete: found.every(({ isComplete }) => isComplete),
  };
}

async function searchOnce(calls: HubspotCalls, filters: Filter[]): Promise<Found> {
  const label = 'contacts by a key';
  const body = {
    filterGroups: filters.map((filter) => ({ filters: [filter] })),
    properties: ['hs_object_id'],
    limit: MAX_FOUND,
  };
  const response = await calls({ method: 'POST', contacts: '/search', label, body, ...READS });
  const recordIds = readContacts(response, label).map(({ id }) => id);
  const { paging } = objectIn(response.text);
  return {
    recordIds,
    isComplete: recordIds.length < MAX_FOUND && textIn(asObject(asObject(paging).next), 'after') === undefined,
  };
}

const CALCULATED = ['hs_searchable_calculated_mobile_number', 'hs_searchable_calculated_phone_number'];

function phoneFilters({ value, properties }: KeySearch): Filter[] {
  const digits = nationalDigits(value);
  return [
    ...CALCULATED.map((propertyName) => ({ propertyName, operator: 'EQ', value: digits })),
    ...properties.map((propertyName) => ({ propertyName, operator: 'CONTAINS_TOKEN', value: `*${digits}*` })),
  ];
}

/** A contact's further addresses stand in one property, separated by `;`. */
const emailFilters = ({ value, properties }: KeySearch): Filter[] =>
  properties.map((propertyName) =>
    propertyName === 'email'
      ? { propertyName, operator: 'EQ', value }
      : { propertyName, operator: 'CONTAINS_TOKEN', value },
  );
