import type { KeySearch, LinkableCrm } from '../ports.ts';
import { type Country, type Keys, keyValues } from './keys.ts';
import { keysOf } from './scan-records.ts';
import type { KeyedRecord } from './two-sides.ts';

export type EventKey = KeySearch['key'];

/** By which keys, and where numbers are at home. */
export interface SearchRules {
  /** In the order of their strength. */
  events: EventKey[];
  country: string;
}

export interface LinkRules extends SearchRules {
  sharedByAtMost: number;
}

/** What is known of a contact by its event; texts as sent. */
export interface TextsOfContact {
  contactId: string;
  mobiles: string[] | undefined;
  emails: string[] | undefined;
}

/** Its values in one spelling, by key; keys without any are left out. */
export function keysOfTexts(
  { mobiles = [], emails = [] }: Omit<TextsOfContact, 'contactId'>,
  { events, country }: SearchRules,
) {
  const texts = { mobile: mobiles, email: emails };
  const found = events.map((key) => [key, keyValues(key, texts[key], country as Country)] as const);
  return Object.fromEntries(found.filter(([, values]) => values.length > 0)) as Keys;
}

export const pairsOf = (keys: Keys): [string, string][] =>
  Object.entries(keys).flatMap(([key, values]) => values.map((value): [string, string] => [key, value]));

/** Searched for by each value, and read as they are now. */
export async function recordsWith(
  keys: Keys,
  { crm, rules }: { crm: LinkableCrm; rules: SearchRules },
): Promise<KeyedRecord[]> {
  const found: string[] = [];
  for (const [key, value] of pairsOf(keys) as [EventKey, string][])
    found.push(...(await crm.search({ key, value, properties: crm.keyProperties[key] })));
  const ids = [...new Set(found)].slice(0, crm.batchSize);
  const properties = Object.fromEntries(rules.events.map((key) => [key, crm.keyProperties[key]]));
  const names = [...new Set(Object.values(properties).flat())];
  const read = ids.length === 0 ? [] : await crm.read(ids, names);
  return read.map(({ recordId, contactIds, ...record }) => ({
    recordId,
    contactIds,
    keys: keysOf(record, { properties, country: rules.country as Country }),
  }));
}
