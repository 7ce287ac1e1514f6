import { hash, timingSafeEqual } from 'node:crypto';

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
  const texts = [token, timestamp, nonce, encrypt];
  // UTF-16, in which texts are sorted, has the order of the bytes but for characters that need two units.
  if (!texts.some(hasSurrogate)) return hash('sha1', texts.sort().join(''), 'hex');
  const bytes = texts.map((text) => Buffer.from(text)).sort(Buffer.compare);
  return hash('sha1', Buffer.concat(bytes), 'hex');
}

const SURROGATE = /[\ud800-\udfff]/;

const hasSurrogate = (text: string) => SURROGATE.test(text);

/** In constant time. */
export function isSignedBy(token: string, parts: SignedParts, signature: string): boolean {
  const expected = Buffer.from(sign(token, parts));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
