import { CallbackRefused } from '../errors.ts';
import { readField } from './field-names.ts';

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

/**
 * The four sealed texts, each from the first part that has it.
 * @returns undefined where nothing is sealed. @throws CallbackRefused where something is, and the rest is missing.
 */
export function findSealed(parts: Part[]): SealedBody | undefined {
  const encrypt = first(parts, ENCRYPT);
  return encrypt === undefined ? undefined : sealedWith(encrypt, parts);
}

/** The sealed echo of a URL verification. @throws CallbackRefused */
export function readEcho(query: Part): SealedBody {
  return sealedWith(first([query], ECHO), [query]);
}

function sealedWith(encrypt: string | undefined, parts: Part[]): SealedBody {
  const msgSignature = first(parts, SIGNATURE);
  const timeStamp = first(parts, TIMESTAMP);
  const nonce = first(parts, NONCE);
  if (!encrypt || !msgSignature || !timeStamp || nonce === undefined)
    throw new CallbackRefused('missing-signature-fields');
  return { encrypt: restorePlus(encrypt), msgSignature, timeStamp, nonce };
}

const first = (parts: Part[], names: string[]) =>
  parts.map((part) => readField(part, names)).find((value) => value !== undefined);

/** A `+` of base64 that was not URL-encoded arrives as a space. */
const restorePlus = (base64: string) => base64.replaceAll(' ', '+');
