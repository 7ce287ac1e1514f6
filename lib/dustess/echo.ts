import type { Json } from '../json.ts';
import { parseJson } from './parse-json.ts';

const MAX_ECHO_BYTES = 1024;

/**
 * Whether a decrypted text is taken for the echo of a URL verification. Echoes and events are sealed alike, so every
 * text is one or the other: what may be answered in clear is never kept as an event, and no event is answered in clear.
 */
export function isEcho(plaintext: string): boolean {
  if (plaintext.length > MAX_ECHO_BYTES || Buffer.byteLength(plaintext) > MAX_ECHO_BYTES) return false;
  return !isStructured(parseJson(plaintext));
}

/** JSON objects and lists, and JSON texts that hold one. */
function isStructured(value: Json | undefined): boolean {
  if (typeof value === 'string') return isObject(parseJson(value));
  return isObject(value);
}

const isObject = (value: Json | undefined) => typeof value === 'object' && value !== null;
