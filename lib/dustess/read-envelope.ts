import { CallbackRefused } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { isJsonObject, stringOrEmpty } from '../json.ts';
import { readEventId } from './ids.ts';
import { parseExactJson, parseJson } from './parse-json.ts';
import { findSealed, type SealedBody } from './sealed-body.ts';

interface Outer {
  /** Not signed. */
  id: string | undefined;
  event: string;
  action: string;
}

export type Envelope = Outer & ({ sealed: SealedBody } | { plain: JsonObject });

/** The body of a plain envelope once more, without a digit changed: worth its time only after the second factor fits. */
export function readPlainBody(text: string): JsonObject {
  const envelope = parseExactJson(text);
  if (!isJsonObject(envelope) || !isJsonObject(envelope.body)) throw new CallbackRefused('unreadable-envelope');
  return envelope.body;
}

/**
 * The POST body: `{id, event, action, body}` with every spelling seen of the sealed fields, inside `body` or beside it.
 * @throws CallbackRefused
 */
export function readEnvelope(text: string): Envelope {
  const envelope = parseJson(text);
  if (!isJsonObject(envelope)) throw new CallbackRefused('unreadable-envelope');
  const { body } = envelope;
  const id = readEventId(envelope.id);
  const event = stringOrEmpty(envelope.event);
  const action = stringOrEmpty(envelope.action);
  const sealed = findSealed(isJsonObject(body) ? [body, envelope] : [envelope]);
  if (sealed) return { id, event, action, sealed };
  // The scheme of 2019: one base64 text, AES-128 with a fixed IV, no signature.
  if (typeof body === 'string') throw new CallbackRefused('legacy-scheme');
  if (!isJsonObject(body)) throw new CallbackRefused('unreadable-envelope');
  return { id, event, action, plain: body };
}
