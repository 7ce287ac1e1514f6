import { encrypt } from './cipher.ts';
import { decodeAesKey, type EnvelopeKeys } from './envelope-keys.ts';
import type { SealedBody } from './sealed-body.ts';
import { sign } from './signature.ts';

export interface Sealing {
  receiveId: string;
  /** As it will stand in the envelope: seconds or milliseconds. */
  timestamp: string;
  nonce: string;
  /** Sixteen fresh bytes. */
  random16: Buffer;
}

/** Seals a text exactly as the sender does: for the operator's command and for tests of the real intake. */
export function seal(plaintext: string, keys: EnvelopeKeys, sealing: Sealing): SealedBody {
  const { receiveId, timestamp, nonce, random16 } = sealing;
  const sealed = encrypt({ message: plaintext, receiveId }, decodeAesKey(keys.encodingAesKey), random16);
  const msgSignature = sign(keys.token, { timestamp, nonce, encrypt: sealed });
  return { encrypt: sealed, msgSignature, timeStamp: timestamp, nonce };
}
