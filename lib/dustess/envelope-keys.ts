import { createSecretKey, hash, type KeyObject } from 'node:crypto';
import { ConfigError } from '../errors.ts';

/** One token and EncodingAESKey of the 尘锋 form. */
export interface EnvelopeKeys {
  token: string;
  encodingAesKey: string;
  /** ISO 8601: from then on the pair is refused. Left out: in force without an end. */
  until?: string | undefined;
}

/** Whether a pair is accepted. @param now milliseconds since 1970. */
export const isInForce = ({ until }: EnvelopeKeys, now: number): boolean =>
  until === undefined || now < Date.parse(until);

const PAIR_ID_CHARACTERS = 16;

/** By what a pair can be told from others without saying it: the first characters of a SHA-256, hex. */
export const pairId = ({ token, encodingAesKey }: EnvelopeKeys): string =>
  hash('sha256', `${token}\n${encodingAesKey}`).slice(0, PAIR_ID_CHARACTERS);

const IV_BYTES = 16;
const ENCODED_CHARACTERS = /^[A-Za-z0-9+/]{43}$/;

/**
 * 43 characters of base64 → the 32 bytes of the AES key. The SDK's own example is not canonical base64 (its last
 * character has bits that belong to no byte), so those bits are ignored and not checked.
 * @throws ConfigError
 */
export function decodeAesKey(encodingAesKey: string): Buffer {
  if (!ENCODED_CHARACTERS.test(encodingAesKey))
    throw new ConfigError('the EncodingAESKey needs exactly 43 characters of A-Z, a-z, 0-9, + and /: copy it again');
  return Buffer.from(`${encodingAesKey}=`, 'base64');
}

/** An AES key, ready for use. */
export interface AesKey {
  key: KeyObject;
  /** The key's first sixteen bytes. */
  iv: Buffer;
}

const prepared = new WeakMap<EnvelopeKeys, AesKey>();

/** Kept as long as the settings it stands in, no longer. @throws ConfigError */
export function aesKeyOf(keys: EnvelopeKeys): AesKey {
  const known = prepared.get(keys);
  if (known) return known;
  const bytes = decodeAesKey(keys.encodingAesKey);
  const made = { key: createSecretKey(bytes), iv: bytes.subarray(0, IV_BYTES) };
  prepared.set(keys, made);
  return made;
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const TOKEN_CHARACTERS = 32;
const KEY_CHARACTERS = 43;

/**
 * Fresh keys for the 尘锋 form, of letters and digits as the SDK's example is: no form refuses those.
 * @param randomBytes a source of unguessable bytes.
 */
export function newKeys(randomBytes: (count: number) => Buffer): EnvelopeKeys {
  return {
    token: randomToken(randomBytes(TOKEN_CHARACTERS)),
    encodingAesKey: randomToken(randomBytes(KEY_CHARACTERS)),
  };
}

// 256 is no multiple of 62, so some characters are likelier than others: 255 bits instead of 256.
const randomToken = (bytes: Buffer) =>
  Array.from(bytes, (byte) => LETTERS_AND_DIGITS.charAt(byte % LETTERS_AND_DIGITS.length)).join('');
