import { ConfigError } from '../errors.ts';

/** One token and EncodingAESKey of the 尘锋 form. */
export interface EnvelopeKeys {
  token: string;
  encodingAesKey: string;
}

const ENCODED_CHARACTERS = /^[A-Za-z0-9+/]{43}$/;

/**
 * 43 characters of base64 → the 32 bytes of the AES key. The vendor's own example is not canonical base64 (its last
 * character has bits that belong to no byte), so those bits are ignored and not checked.
 * @throws ConfigError
 */
export function decodeAesKey(encodingAesKey: string): Buffer {
  if (!ENCODED_CHARACTERS.test(encodingAesKey))
    throw new ConfigError('the EncodingAESKey needs exactly 43 characters of A-Z, a-z, 0-9, + and /: copy it again');
  return Buffer.from(`${encodingAesKey}=`, 'base64');
}

/** Fresh keys for the 尘锋 form. @param randomBytes a source of unguessable bytes. */
export function newKeys(randomBytes: (count: number) => Buffer): EnvelopeKeys {
  return {
    token: randomBytes(16).toString('hex'),
    encodingAesKey: randomBytes(32).toString('base64').slice(0, 43),
  };
}
