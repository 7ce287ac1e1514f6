import { CallbackRefused } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import { type DoorKeys, openSealed } from './open-envelope.ts';
import { parseJson } from './parse-json.ts';
import { readEcho } from './sealed-body.ts';

/**
 * The sender's check each time the URL is saved. @param query decoded parameters, in any of the sender's spellings.
 * @param now milliseconds since 1970.
 * @returns the decrypted echo, to be answered exactly. @throws CallbackRefused, ConfigError
 */
export function verifyUrl(query: Record<string, string | undefined>, door: DoorKeys, now: number): string {
  const { plaintext } = openSealed(readEcho(query), door, now);
  if (isEvent(plaintext)) throw new CallbackRefused('not-an-echo');
  return plaintext;
}

/** An event is sealed just like an echo: whoever has captured one must not get it back in clear. */
function isEvent(plaintext: string): boolean {
  const value = parseJson(plaintext);
  return isJsonObject(value) && ['mainID', 'mergedIDs', 'body', 'changed'].some((key) => Object.hasOwn(value, key));
}
