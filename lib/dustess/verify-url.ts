import { CallbackRefused } from '../errors.ts';
import { isEcho } from './echo.ts';
import { type IntakeKeys, openSealed } from './open-envelope.ts';
import { readEcho } from './sealed-body.ts';

/**
 * The sender's check each time the URL is saved. @param query decoded parameters, in any of the sender's spellings.
 * @param now milliseconds since 1970.
 * @returns the decrypted echo, to be answered exactly. @throws CallbackRefused, ConfigError
 */
export function verifyUrl(query: Record<string, string | undefined>, accepted: IntakeKeys, now: number): string {
  const { plaintext } = openSealed(readEcho(query), accepted, now);
  if (!isEcho(plaintext)) throw new CallbackRefused('not-an-echo');
  return plaintext;
}
