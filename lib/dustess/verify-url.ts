import { CallbackRefused } from '../errors.ts';
import { type DoorKeys, openSealed } from './open-envelope.ts';
import { restorePlus, SPELLINGS } from './read-envelope.ts';
import { spelled } from './spelling.ts';

/**
 * The sender's check each time the URL is saved. @param query decoded parameters, in any of the sender's spellings.
 * @returns the decrypted echo, to be answered exactly. @throws CallbackRefused, ConfigError
 */
export function verifyUrl(query: Record<string, string | undefined>, door: DoorKeys, now: number): string {
  const encrypt = spelled(query, SPELLINGS.echo);
  const msgSignature = spelled(query, SPELLINGS.signature);
  const timeStamp = spelled(query, SPELLINGS.timestamp);
  const nonce = spelled(query, SPELLINGS.nonce);
  if (!encrypt || !msgSignature || !timeStamp || nonce === undefined)
    throw new CallbackRefused('missing-signature-fields');
  return openSealed({ encrypt: restorePlus(encrypt), msgSignature, timeStamp, nonce }, door, now).plaintext;
}
