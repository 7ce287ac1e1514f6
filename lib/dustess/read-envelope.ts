import { CallbackRefused } from '../errors.ts';
import type { Json, JsonObject } from '../event.ts';
import { isObject, readId, spelled } from './spelling.ts';

/** The sealed part of a callback, as it arrived. */
export interface SealedBody {
  encrypt: string;
  msgSignature: string;
  timeStamp: string;
  nonce: string;
}

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
  const envelope = parseObject(text);
  const { body } = envelope;
  const outer: Outer = { id: readId(envelope.id), event: word(envelope.event), action: word(envelope.action) };
  const sealed = [body, envelope].filter(isObject).find((part) => spelled(part, SPELLINGS.encrypt) !== undefined);
  if (sealed) return { ...outer, sealed: readSealed(sealed) };
  // The scheme of 2019: one base64 text, AES-128 with a fixed IV, no signature.
  if (typeof body === 'string') throw new CallbackRefused('legacy-scheme');
  if (!isObject(body)) throw new CallbackRefused('unreadable-envelope');
  return { ...outer, plain: body };
}

/** The spellings of the vendor's SDKs and of a working integration; compared without case and `_`. */
export const SPELLINGS = {
  encrypt: ['encrypt'],
  signature: ['msgsignature', 'signature'],
  timestamp: ['timestamp'],
  nonce: ['nonce'],
  echo: ['echostr', 'encrypt'],
} as const;

function parseObject(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    if (isObject(value)) return value;
  } catch {
    // Not JSON: the same answer as JSON of another shape.
  }
  throw new CallbackRefused('unreadable-envelope');
}

function readSealed(part: JsonObject): SealedBody {
  const encrypt = spelled(part, SPELLINGS.encrypt);
  const msgSignature = spelled(part, SPELLINGS.signature);
  const timeStamp = spelled(part, SPELLINGS.timestamp);
  const nonce = spelled(part, SPELLINGS.nonce);
  if (!encrypt || !msgSignature || !timeStamp || nonce === undefined)
    throw new CallbackRefused('missing-signature-fields');
  return { encrypt: restorePlus(encrypt), msgSignature, timeStamp, nonce };
}

/** A `+` of base64 that was not URL-encoded arrives as a space. */
export const restorePlus = (base64: string) => base64.replaceAll(' ', '+');

const word = (value: Json | undefined) => (typeof value === 'string' ? value : '');
