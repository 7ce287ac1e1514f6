import { batchesOf } from '../batches.ts';
import type { KeyTexts } from '../dustess/contact-event.ts';
import type { Found, KeySearch, LinkableCrm } from '../ports.ts';
import { type Country, type Keys, keyValues } from './keys.ts';
import { propertyNames, toKeyed } from './scan-records.ts';
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

/** Its values in one spelling, by key; keys without any are left out. */
export function keysOfTexts({ mobiles = [], emails = [] }: KeyTexts, { events, country }: SearchRules) {
  const texts = { mobile: mobiles, email: emails };
  const found = events.map((key) => [key, keyValues(key, texts[key], country as Country)] as const);
  return Object.fromEntries(found.filter(([, values]) => values.length > 0)) as Keys;
}

export const pairsOf = (keys: Keys): [string, string][] =>
  Object.entries(keys).flatMap(([key, values]) => values.map((value): [string, string] => [key, value]));

/** Searched for by each value, and read as they are now. `isComplete` is false where a search found more than it named. */
export async function recordsWith(
  keys: Keys,
  { crm, rules }: { crm: LinkableCrm; rules: SearchRules },
): Promise<{ records: KeyedRecord[]; isComplete: boolean }> {
  const found: Found[] = [];
  for (const [key, value] of pairsOf(keys) as [EventKey, string][])
    found.push(await crm.search({ key, value, properties: crm.keyProperties[key] }));
  const recordIds = [...new Set(found.flatMap((one) => one.recordIds))];
  const records = await readKeyed(recordIds, { crm, rules });
  return { records, isComplete: found.every((one) => one.isComplete) };
}

/** Records as they are now, with the keys of the rules; those that are gone are left out. @throws CrmError */
export async function readKeyed(
  recordIds: string[],
  { crm, rules }: { crm: LinkableCrm; rules: SearchRules },
): Promise<KeyedRecord[]> {
  const properties = Object.fromEntries(rules.events.map((key) => [key, crm.keyProperties[key]]));
  const how = { properties, country: rules.country as Country };
  const records: KeyedRecord[] = [];
  for (const ids of batchesOf(recordIds, crm.batchSize)) {
    const read = await crm.read(ids, propertyNames(how));
    records.push(...read.map((record) => toKeyed(record, how)));
  }
  return records;
}
