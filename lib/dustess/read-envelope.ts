import { CallbackRefused } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { readId } from './field-names.ts';
import { parseJson } from './parse-json.ts';
import { findSealed, type SealedBody } from './sealed-body.ts';

interface Outer {
  /** Not signed. */
  id: string | undefined;
  event: string;
  action: string;
}

export type Envelope = Outer & ({ sealed: SealedBody } | { plain: JsonObject });

/**
 * The POST body: `{id, event, action, body}` with every spelling seen of the sealed fields, inside `body` or beside it.
 * @throws CallbackRefused
 */
export function readEnvelope(text: string): Envelope {
  const envelope = parseJson(text);
  if (!isJsonObject(envelope)) throw new CallbackRefused('unreadable-envelope');
  const { body } = envelope;
  const outer: Outer = { id: readId(envelope.id), event: word(envelope.event), action: word(envelope.action) };
  const sealed = findSealed([body, envelope].filter(isJsonObject));
  if (sealed) return { ...outer, sealed };
  // The scheme of 2019: one base64 text, AES-128 with a fixed IV, no signature.
  if (typeof body === 'string') throw new CallbackRefused('legacy-scheme');
  if (!isJsonObject(body)) throw new CallbackRefused('unreadable-envelope');
  return { ...outer, plain: body };
}

const word = (value: Json | undefined) => (typeof value === 'string' ? value : '');
