import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** The JSON of an answer's text; undefined for a text that is none. */
export function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The JSON object of an answer's text; an empty one for anything else. */
export function objectIn(text: string): JsonObject {
  return asObject(jsonIn(text));
}

export const asObject = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

export const objectsIn = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.map(asObject) : []);

/** A member that is a text. */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}
