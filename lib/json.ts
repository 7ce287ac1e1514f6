/** JSON values, and the questions that several layers ask of them. */

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
