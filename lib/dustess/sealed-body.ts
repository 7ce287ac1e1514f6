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
/** The text under the first of these names, from the first part that has one. */
type Find = (names: string[]) => string | undefined;

/**
 * The four sealed texts, each from the first part that has it.
 * @returns undefined where nothing is sealed. @throws CallbackRefused where something is, and the rest is missing.
 */
export function findSealed(parts: Part[]): SealedBody | undefined {
  const find = finder(parts);
  const encrypt = find(ENCRYPT);
  return encrypt === undefined ? undefined : sealedWith(encrypt, find);
}

/** The sealed echo of a URL verification. @throws CallbackRefused */
export function readEcho(query: Part): SealedBody {
  const find = finder([query]);
  return sealedWith(find(ECHO), find);
}

function sealedWith(encrypt: string | undefined, find: Find): SealedBody {
  const msgSignature = find(SIGNATURE);
  const timeStamp = find(TIMESTAMP);
  const nonce = find(NONCE);
  if (!encrypt || !msgSignature || !timeStamp || nonce === undefined)
    throw new CallbackRefused('missing-signature-fields');
  return { encrypt: readBase64(encrypt), msgSignature, timeStamp, nonce };
}

/** Reads a part only where those before it lack something: most callbacks have all four texts in the first. */
function finder(parts: Part[]): Find {
  const fields: ReturnType<typeof fieldsOf>[] = [];
  return (names) => {
    for (let index = 0; index < parts.length; index++) {
      fields[index] ??= fieldsOf(parts[index] as Part);
      for (const name of names) {
        const text = fields[index]?.get(name);
        if (text !== undefined) return text;
      }
    }
    return undefined;
  };
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
