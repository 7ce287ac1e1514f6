import type { Json, JsonObject } from '../event.ts';
import { isObject } from './spelling.ts';

const CUSTOM = 'customFields.';
const EMPTY_TEXTS: Json[] = ['""', '[]', 'null']; // A custom field's value is a JSON text of its own.

/**
 * Data minimisation: a merge body without the values of these contact fields, wherever contacts stand in it (`changed`,
 * `old`, `mergedContacts`). Empty values stay: there is nothing in them to leave out.
 * @param names `idCard`, `customFields.field10` …
 */
export function omitFields(body: JsonObject, names: string[]): JsonObject {
  if (names.length === 0) return body;
  const { changed, old, mergedContacts } = body;
  return {
    ...body,
    ...(isObject(changed) && { changed: without(changed, names) }),
    ...(isObject(old) && { old: without(old, names) }),
    ...(Array.isArray(mergedContacts) && {
      mergedContacts: mergedContacts.map((one) => (isObject(one) ? without(one, names) : one)),
    }),
  };
}

function without(contact: JsonObject, names: string[]): JsonObject {
  const entries = Object.entries(contact).filter(([key, value]) => isEmpty(value) || !names.includes(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'customFields' ? custom(value, names) : value]),
  );
}

function custom(fields: Json, names: string[]): Json {
  if (!Array.isArray(fields)) return fields;
  return fields.filter((field) => !isObject(field) || isEmptyCustom(field) || !isNamed(field, names));
}

const isNamed = ({ id }: JsonObject, names: string[]) => names.includes(`${CUSTOM}${String(id)}`);
const isEmptyCustom = ({ value = null }: JsonObject) => isEmpty(value) || EMPTY_TEXTS.includes(value);

const isEmpty = (value: Json) => value === null || value === '' || (Array.isArray(value) && value.length === 0);
