import { CrmError } from '../../errors.ts';
import { asObject, isBlank, isJsonObject, type Json, type JsonObject, objectIn, objectsIn } from '../../json.ts';
import type { PropertyValue, PropertyValues } from '../../ports.ts';
import type { JsonCalls } from '../json-calls.ts';
import { VENDOR } from './calls.ts';

export const CUSTOM = /^[0-9a-f]{40}$/;
const LISTS = ['emails', 'phones'];
/** What may be written of a person besides custom fields: https://developers.pipedrive.com/docs/api/v1/Persons#updatePerson */
export const OWN = [
  ...LISTS,
  'name',
  'job_title',
  'birthday',
  'notes',
  'label_ids',
  'owner_id',
  'org_id',
  'visible_to',
];
const FIELDS = { path: '/v1/personFields?limit=500', label: '/v1/personFields' };
export const PERSON_FIELDS = { ...FIELDS, method: 'GET' as const, repeatable: true };
const MAX_PAGES = 100;

/** Values by property, custom ones by their keys. */
export type Person = { recordId: string; values: JsonObject };

/** @param query `ids=1,2` or `filter_id=3`. @throws CrmError */
export async function readPersons(calls: JsonCalls, query: string): Promise<Person[]> {
  const persons: Person[] = [];
  const call = { method: 'GET' as const, label: '/v2/persons', repeatable: true };
  for (let page = 0, cursor = ''; page < MAX_PAGES; page++) {
    const { text } = await calls({ ...call, path: `/v2/persons?${query}&limit=500${cursor}` });
    const { data, additional_data: more } = objectIn(text);
    if (!Array.isArray(data) || !objectsIn(data).every(({ id }) => typeof id === 'number')) break;
    persons.push(...objectsIn(data).flatMap((one) => (one.is_deleted === true ? [] : [personOf(one)])));
    const next = asObject(more).next_cursor;
    if (typeof next !== 'string' || next === '') return persons;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
  throw new CrmError('retry-soon', `${VENDOR}: /v2/persons answered something unreadable`, { code: 'UNREADABLE' });
}

function personOf({ id, custom_fields: custom, ...own }: JsonObject): Person {
  const all = Object.entries({ ...own, ...asObject(custom) }).map(([name, value]) => [name, plain(value)] as const);
  return { recordId: String(id), values: Object.fromEntries(all.filter(([, value]) => !isBlank(value))) };
}

const plain = (value: Json): Json =>
  Array.isArray(value) ? value.map((one) => (isJsonObject(one) ? (one.value ?? null) : one)) : value;

/** @throws CrmError `permanent` for a property that persons have not. */
export function bodyOf(values: PropertyValues): JsonObject {
  const [own, custom]: [JsonObject, JsonObject] = [{}, {}];
  for (const [name, value] of Object.entries(values))
    if (CUSTOM.test(name)) custom[name] = fieldOf(value);
    else if (OWN.includes(name)) own[name] = LISTS.includes(name) ? listOf(value) : ownOf(name, value);
    else throw new CrmError('permanent', `${VENDOR}: no property ${name}`, { code: `NO_PROPERTY.${name}` });
  return { ...own, custom_fields: custom };
}

const listOf = (value: PropertyValue): Json =>
  isBlank(value) ? [] : [value].flat().map((one, index) => ({ value: String(one), primary: index === 0 }));

const ownOf = (name: string, value: PropertyValue): Json =>
  name === 'label_ids' ? [value ?? []].flat().map(Number) : (value ?? '');

/** Options are numbers, and an empty list of them is refused: https://developers.pipedrive.com/docs/api/v1/Persons#addPerson */
const fieldOf = (value: PropertyValue): Json =>
  isBlank(value) ? null : Array.isArray(value) ? value.map(Number) : value;
