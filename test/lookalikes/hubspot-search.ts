import { type HubspotQuirks, invalid, type PortalContact } from './hubspot-account.ts';
import { type HubspotAnswer, present } from './hubspot-answers.ts';
import type { Portal } from './hubspot-portal.ts';

interface Filter {
  propertyName: string;
  operator: string;
  value?: string;
}
export interface Search {
  filterGroups: { filters: Filter[] }[];
  properties: string[];
  limit?: number;
}

const MOST_GROUPS = 5;
const MOST_ON_A_PAGE = 200;

/** What HubSpot calculates of a phone number for its search: digits, without the country code. */
const CALCULATED: Record<string, string> = {
  hs_searchable_calculated_mobile_number: 'mobilephone',
  hs_searchable_calculated_phone_number: 'phone',
};

/** The search: an index that does not know what was written a moment ago. */
export function searchContacts(
  portal: Portal,
  quirks: HubspotQuirks,
  now: () => number,
  wanted: Search,
): HubspotAnswer {
  const { filterGroups, properties, limit = 10 } = wanted;
  if (filterGroups.length > MOST_GROUPS) throw invalid('too many filter groups', 'INVALID_FILTER');
  if (limit > MOST_ON_A_PAGE) throw invalid('The maximum page size is 200', 'INVALID_LIMIT');
  for (const { propertyName } of filterGroups.flatMap(({ filters }) => filters))
    if (!(propertyName in CALCULATED) && !portal.properties.has(propertyName))
      throw invalid(`Property "${propertyName}" does not exist`, 'PROPERTY_DOESNT_EXIST', propertyName);
  const indexed = [...portal.contacts.values()].filter(({ updatedAt }) => updatedAt + quirks.searchLagMs <= now());
  const found = indexed.filter((contact) =>
    filterGroups.some(({ filters }) => filters.every((filter) => holds(contact, filter))),
  );
  const results = found.slice(0, limit).map((contact) => present(contact, properties));
  const next = found.length > limit ? { paging: { next: { after: String(limit) } } } : {};
  return { status: 200, body: { total: found.length, results, ...next } };
}

function holds({ values }: PortalContact, { propertyName, operator, value = '' }: Filter): boolean {
  const source = CALCULATED[propertyName];
  const has = source === undefined ? (values.get(propertyName) ?? '') : digitsOf(values.get(source) ?? '');
  if (has === '') return false;
  if (operator === 'CONTAINS_TOKEN') return has.toLowerCase().split(/[;\s]/).some(tokenPattern(value));
  if (operator === 'EQ') return has.toLowerCase() === value.toLowerCase();
  throw invalid(`operator ${operator}`, 'INVALID_FILTER');
}

/** `*` stands for any part of a token. */
function tokenPattern(value: string): (token: string) => boolean {
  const parts = value.toLowerCase().split('*');
  const pattern = new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
  return (token) => pattern.test(token);
}

const digitsOf = (text: string) => text.replace(/\D/g, '').replace(/^(00)?86(?=1\d{10}$)/, '');
