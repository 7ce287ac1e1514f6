import { CUSTOM_PREFIX } from '../../event.ts';
import type { Json, JsonObject } from '../../json.ts';

/** The sender's shape → plain fields; a custom field's key becomes `customFields.<id>`. */
export function plainFields(wire: JsonObject): JsonObject {
  const { customFields, ...plain } = wire;
  const custom = Array.isArray(customFields) ? customFields.flatMap(customEntry) : [];
  return { ...plain, ...Object.fromEntries(custom) };
}

function customEntry(field: Json): [string, Json][] {
  if (typeof field !== 'object' || field === null || Array.isArray(field)) return [];
  return [[`${CUSTOM_PREFIX}${String(field.id)}`, decoded(field.value ?? null)]];
}

/** A custom field's value is a JSON text of its own, or should be. */
function decoded(value: Json): Json {
  try {
    return typeof value === 'string' ? (JSON.parse(value) as Json) : value;
  } catch {
    return value;
  }
}

/** Blanks are not kept, so that whatever is there is a value. */
export function filledFields(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isBlank(value)));
}

const NO_CATEGORY = '00000000-0000-0000-0000-000000000000';

function isBlank(value: Json): boolean {
  if (Array.isArray(value)) return value.every((one) => one === 0); // None, or the coordinate [0,0].
  return value === null || value === '' || value === NO_CATEGORY;
}

/** Values of the earlier sets win. */
export function firstOf(sets: JsonObject[]): JsonObject {
  return Object.fromEntries([...sets].reverse().flatMap((set) => Object.entries(set)));
}
