import type { Json } from '../json.ts';
import { isJsonObject, stringOrEmpty } from '../json.ts';
import { readEventId } from './ids.ts';
import { parseExactJson } from './parse-json.ts';

export interface Unwrapped {
  id: string | undefined;
  event: string;
  action: string;
  /** A text where the plaintext is not JSON. */
  body: Json;
}

/**
 * The plaintext is the event's body, or, in some products, the whole envelope once more; then its own id, event and
 * action count, for they are signed and the outer ones are not.
 */
export function unwrapPlaintext(plaintext: string, outer: Omit<Unwrapped, 'body'>): Unwrapped {
  const { id, event, action } = outer;
  const value = readContent(plaintext);
  const inner = readInnerEnvelope(value);
  return inner ? { ...inner, id: inner.id ?? id } : { id, event, action, body: value };
}

/** The JSON of a plaintext, without a digit changed; a text where it is not JSON. */
export function readContent(plaintext: string): Json {
  const json = parseExactJson(plaintext);
  return json === undefined ? plaintext : json;
}

/** The envelope inside a plaintext, if that is one. */
export function readInnerEnvelope(value: Json): Unwrapped | undefined {
  if (!isJsonObject(value) || typeof value.event !== 'string' || !isJsonObject(value.body)) return undefined;
  return {
    id: readEventId(value.id),
    event: value.event,
    action: stringOrEmpty(value.action),
    body: value.body,
  };
}
