import { createCipheriv } from 'node:crypto';
import { decodeAesKey, type EnvelopeKeys } from '../../lib/dustess/envelope-keys.ts';
import { type IntakeKeys, openSealed } from '../../lib/dustess/open-envelope.ts';
import { seal } from '../../lib/dustess/seal.ts';
import type { SealedBody } from '../../lib/dustess/sealed-body.ts';
import { sign } from '../../lib/dustess/signature.ts';
import { CallbackRefused } from '../../lib/errors.ts';
import sdk from './vectors/sender-sdk.json';

/** The vendor's own example keys: not canonical base64. */
export const KEYS: EnvelopeKeys = { token: sdk.token, encodingAesKey: sdk.encodingAESKey };
export const OTHER_KEYS: EnvelopeKeys = {
  token: 'anothertoken',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ',
};
export const RECEIVE_ID = sdk.receiveId;
export const NOW = Date.UTC(2026, 10, 24, 12);
export const INTAKE: IntakeKeys = { keys: [KEYS], receiveIds: [RECEIVE_ID], maxAgeSeconds: 86_400 };

const seconds = (at: number) => String(Math.floor(at / 1000));

export interface Sealing {
  keys?: EnvelopeKeys;
  receiveId?: string;
  timestamp?: string;
  nonce?: string;
  random16?: Buffer;
}

/** As the sender seals, now. */
export function sealed(plaintext: string, sealing: Sealing = {}): SealedBody {
  const { keys = KEYS, receiveId = RECEIVE_ID, timestamp = seconds(NOW), nonce = '9ZvYhI4aFmR7wUNl' } = sealing;
  return seal(plaintext, keys, { receiveId, timestamp, nonce, random16: sealing.random16 ?? Buffer.alloc(16, 7) });
}

/** Any bytes, encrypted as they are and correctly signed: what a sender gone mad would send. */
export function sealedBytes(bytes: Uint8Array, { keys = KEYS, timestamp = seconds(NOW), nonce = 'n' }: Sealing = {}) {
  const key = decodeAesKey(keys.encodingAesKey);
  const aes = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return signed(Buffer.concat([aes.update(bytes), aes.final()]).toString('base64'), { keys, timestamp, nonce });
}

export function signed(encrypt: string, { keys = KEYS, timestamp = seconds(NOW), nonce = 'n' }: Sealing): SealedBody {
  return { encrypt, msgSignature: sign(keys.token, { timestamp, nonce, encrypt }), timeStamp: timestamp, nonce };
}

/** 16 bytes, length, message, receiveId: with any length one likes, and `count` bytes of padding that say `says`. */
export function framed(
  message: Uint8Array | string,
  { length, receiveId = RECEIVE_ID, count, says }: Frame = {},
): Buffer {
  const body = Buffer.from(message as string, 'utf8');
  const head = Buffer.alloc(20, 7);
  head.writeUInt32BE(length ?? body.length, 16);
  const plain = Buffer.concat([head, body, Buffer.from(receiveId, 'utf8')]);
  const padding = count ?? 32 - (plain.length % 32);
  return Buffer.concat([plain, Buffer.alloc(padding, says ?? padding)]);
}

interface Frame {
  length?: number;
  receiveId?: string;
  count?: number;
  says?: number;
}

export const open = (body: SealedBody, accepted: Partial<IntakeKeys> = {}, now = NOW) =>
  openSealed(body, { ...INTAKE, ...accepted }, now).plaintext;

/** Why it was refused; any other error goes through. */
export function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof CallbackRefused) return error.reason;
    throw error;
  }
  return 'not refused';
}
