/** JSON values, how texts are read as such, and the questions that several layers ask of them. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Whether a value is a JSON object: neither null nor a list. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a property holds nothing: absent, null, an empty text or an empty list. */
export const isBlank = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** A text as it is; anything else is no text. */
export const stringOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The JSON of a text; undefined for a text that is none. */
export function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The JSON object of a text; an empty one for anything else. */
export const objectIn = (text: string): JsonObject => asObject(jsonIn(text));

export const asObject = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

export const objectsIn = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.map(asObject) : []);

/** A member that is a text. */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}
