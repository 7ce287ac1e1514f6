import type { Json } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { readId } from './field-names.ts';
import { parseJson } from './parse-json.ts';

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
  const json = parseJson(plaintext);
  const value = json === undefined ? plaintext : json;
  if (!isJsonObject(value) || typeof value.event !== 'string' || !isJsonObject(value.body))
    return { id, event, action, body: value };
  const innerAction = typeof value.action === 'string' ? value.action : '';
  return { id: readId(value.id) ?? id, event: value.event, action: innerAction, body: value.body };
}
