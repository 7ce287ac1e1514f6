import { CallbackRefused, ConfigError } from '../errors.ts';
import { decrypt, type Opened, Undecryptable } from './cipher.ts';
import { decodeCiphertext } from './ciphertext.ts';
import { aesKeyOf, type EnvelopeKeys, isInForce } from './envelope-keys.ts';
import type { SealedBody } from './sealed-body.ts';
import { isSignedBy } from './signature.ts';

/** What a tenant accepts as signed for it. */
export interface IntakeKeys {
  /** Every pair in force: while keys are rotated, the old and the new one. */
  keys: EnvelopeKeys[];
  /** Accepted receiveIds; `*` accepts any. */
  receiveIds: string[];
  maxAgeSeconds: number;
}

export interface OpenedBody {
  plaintext: string;
  /** The plaintext's UTF-8. */
  bytes: Buffer;
  receiveId: string;
  sentAt: number;
  /** The pair that fits. */
  keys: EnvelopeKeys;
}

/**
 * Alphabet and signature first, then decryption, then whom it is meant for and how old it is.
 * @param now milliseconds since 1970.
 * @returns the message, whom it is meant for, and when it was signed (milliseconds).
 * @throws CallbackRefused for everything that comes from outside; ConfigError for settings under which nothing could be accepted.
 */
export function openSealed(sealed: SealedBody, accepted: IntakeKeys, now: number): OpenedBody {
  if (accepted.receiveIds.length === 0)
    throw new ConfigError('receiveIds is empty: list the accepted ones, or "*" to accept any');
  const ciphertext = decodeCiphertext(sealed.encrypt);
  const { message, bytes, receiveId, keys } = decryptWithAny(ciphertext, signers(sealed, accepted.keys));
  if (!accepted.receiveIds.includes('*') && !accepted.receiveIds.includes(receiveId))
    throw new CallbackRefused('foreign-receive-id');
  const sentAt = milliseconds(sealed.timeStamp);
  if (!(Math.abs(now - sentAt) <= accepted.maxAgeSeconds * 1000)) throw new CallbackRefused('too-old');
  if (!isInForce(keys, now)) throw new CallbackRefused('expired-keys');
  return { plaintext: message, bytes, receiveId, sentAt, keys };
}

/** The pairs whose token fits; all are tried, so that the time taken does not tell which. */
function signers(sealed: SealedBody, keys: EnvelopeKeys[]): EnvelopeKeys[] {
  const parts = { timestamp: sealed.timeStamp, nonce: sealed.nonce, encrypt: sealed.encrypt };
  const fitting = keys.filter(({ token }) => isSignedBy(token, parts, sealed.msgSignature));
  if (fitting.length === 0) throw new CallbackRefused('bad-signature');
  return fitting;
}

/** Several pairs may share a token while only the AES key is changed. */
function decryptWithAny(ciphertext: Buffer, keys: EnvelopeKeys[]): Opened & { keys: EnvelopeKeys } {
  for (const pair of keys) {
    try {
      const { message, bytes, receiveId } = decrypt(ciphertext, aesKeyOf(pair));
      return { message, bytes, receiveId, keys: pair };
    } catch (error) {
      if (!(error instanceof Undecryptable)) throw error;
    }
  }
  throw new CallbackRefused('undecryptable');
}

const FIRST_MILLISECONDS = 100_000_000_000; // As seconds, the year 5138; as milliseconds, 1973.

/** Ten digits are seconds (the SDK's Go), thirteen milliseconds (its Java). NaN for anything else. */
export function milliseconds(timestamp: string): number {
  if (!/^\d{1,16}$/.test(timestamp)) return Number.NaN;
  const value = Number(timestamp);
  return value < FIRST_MILLISECONDS ? value * 1000 : value;
}
