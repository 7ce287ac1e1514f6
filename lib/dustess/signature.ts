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
  const texts = [token, timestamp, nonce, encrypt].map((text) => Buffer.from(text, 'utf8'));
  const hash = createHash('sha1');
  for (const text of texts.sort(Buffer.compare)) hash.update(text);
  return hash.digest('hex');
}

/** In constant time. */
export function isSignedBy(token: string, parts: SignedParts, signature: string): boolean {
  const expected = Buffer.from(sign(token, parts), 'utf8');
  const given = Buffer.from(signature, 'utf8');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
