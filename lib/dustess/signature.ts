import { createHash, timingSafeEqual } from 'node:crypto';

/** What the sender signs, as it arrived: raw texts, never parsed and written anew. */
export interface SignedParts {
  timestamp: string;
  nonce: string;
  encrypt: string;
}

/**
 * Lower-case hex SHA-1 of the four texts, sorted by their bytes and joined:
 * https://github.com/dustess-encrypt/ww-encrypt-sdk
 */
export function sign(token: string, { timestamp, nonce, encrypt }: SignedParts): string {
  const hash = createHash('sha1');
  for (const text of [token, timestamp, nonce, encrypt].sort(compareBytes)) hash.update(text, 'utf8');
  return hash.digest('hex');
}

const SURROGATE = /[\ud800-\udfff]/;

/** As UTF-8 orders them. UTF-16 orders the same way, except for the characters that need two units. */
function compareBytes(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** In constant time. */
export function isSignedBy(token: string, parts: SignedParts, signature: string): boolean {
  const expected = Buffer.from(sign(token, parts));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
