import { CUSTOM_FIELDS, CUSTOM_PREFIX } from '../event.ts';
import type { Json, JsonObject } from '../json.ts';
import { isBlank, isJsonObject } from '../json.ts';
import { idText } from './ids.ts';

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
    ...(isJsonObject(changed) && { changed: without(changed, names) }),
    ...(isJsonObject(old) && { old: without(old, names) }),
    ...(Array.isArray(mergedContacts) && {
      mergedContacts: mergedContacts.map((one) => (isJsonObject(one) ? without(one, names) : one)),
    }),
  };
}

function without(contact: JsonObject, names: string[]): JsonObject {
  if (!mayHold(contact, names)) return contact;
  const entries = Object.entries(contact).filter(([key, value]) => isBlank(value) || !names.includes(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, key === CUSTOM_FIELDS ? custom(value, names) : value]));
}

/** Few contacts hold what is left out: the others are not copied. */
const mayHold = (contact: JsonObject, names: string[]) =>
  names.some((name) => name.startsWith(CUSTOM_PREFIX) || !isBlank(contact[name]));

function custom(fields: Json, names: string[]): Json {
  if (!Array.isArray(fields)) return fields;
  return fields.filter((field) => !isJsonObject(field) || isEmptyCustom(field) || !isNamed(field, names));
}

const isNamed = ({ id }: JsonObject, names: string[]) => names.includes(`${CUSTOM_PREFIX}${idText(id) ?? ''}`);
const isEmptyCustom = ({ value = null }: JsonObject) => isBlank(value) || EMPTY_TEXTS.includes(value);
