import { CallbackRefused } from '../errors.ts';
import { fieldsOf } from './field-names.ts';

/** The sealed part of a callback, as it arrived. */
export interface SealedBody {
  encrypt: string;
  msgSignature: string;
  timeStamp: string;
  nonce: string;
}

// The spellings of https://github.com/dustess-encrypt/ww-encrypt-sdk and of a working integration;
// compared without case and `_`.
const ENCRYPT = ['encrypt'];
const ECHO = ['echostr', 'encrypt'];
const SIGNATURE = ['msgsignature', 'signature'];
const TIMESTAMP = ['timestamp'];
const NONCE = ['nonce'];

type Part = Record<string, unknown>;
type Fields = ReadonlyMap<string, string>;

/**
 * The four sealed texts, each from the first part that has it.
 * @returns undefined where nothing is sealed. @throws CallbackRefused where something is, and the rest is missing.
 */
export function findSealed(parts: Part[]): SealedBody | undefined {
  const fields = parts.map(fieldsOf);
  const encrypt = first(fields, ENCRYPT);
  return encrypt === undefined ? undefined : sealedWith(encrypt, fields);
}

/** The sealed echo of a URL verification. @throws CallbackRefused */
export function readEcho(query: Part): SealedBody {
  const fields = [fieldsOf(query)];
  return sealedWith(first(fields, ECHO), fields);
}

function sealedWith(encrypt: string | undefined, fields: Fields[]): SealedBody {
  const msgSignature = first(fields, SIGNATURE);
  const timeStamp = first(fields, TIMESTAMP);
  const nonce = first(fields, NONCE);
  if (!encrypt || !msgSignature || !timeStamp || nonce === undefined)
    throw new CallbackRefused('missing-signature-fields');
  return { encrypt: readBase64(encrypt), msgSignature, timeStamp, nonce };
}

function first(parts: Fields[], names: string[]): string | undefined {
  for (const fields of parts)
    for (const name of names) {
      const value = fields.get(name);
      if (value !== undefined) return value;
    }
  return undefined;
}

const NOT_BASE64 = /[^A-Za-z0-9+/= ]| {8}/; // Eight + in a row come about once in 10^14 characters.
const SPACE = 0x20;
const PLUS = 0x2b;

/**
 * Of the right length, every `+` in its place: one that was not URL-encoded arrives as a space.
 * @throws CallbackRefused
 */
function readBase64(text: string): string {
  if (text.length % 4 !== 0) throw new CallbackRefused('unreadable-envelope');
  if (!text.includes(' ')) return text;
  if (NOT_BASE64.test(text)) throw new CallbackRefused('unreadable-envelope');
  const bytes = Buffer.from(text, 'latin1'); // Replacing in the string itself takes seconds where all of it is spaces.
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === SPACE) bytes[at] = PLUS;
  return bytes.toString('latin1');
}
