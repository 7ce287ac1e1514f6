import { CallbackRefused } from '../errors.ts';

const BEYOND_LATIN = /[\u0100-\uffff]/; // Node's decoder would take such a letter for another one.
const OTHER_LETTER = /[^A-Za-z0-9+/=]/;
const NOTHING = Buffer.alloc(0);

/**
 * base64 → bytes. There is one text for each ciphertext, as every encoder writes it. The signature covers the joined
 * texts and not where one ends and the next begins, so letters of the nonce can be moved behind the `==` under a
 * signature that still fits: a decoder that ignores them opens one event from many texts.
 * @returns nothing, which no key opens, where an encoder would have written the text in another way.
 * @throws CallbackRefused where a letter is not one of base64.
 */
export function decodeCiphertext(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (isCanonical(base64, bytes)) return bytes;
  if (OTHER_LETTER.test(base64)) throw new CallbackRefused('unreadable-envelope');
  return NOTHING;
}

/**
 * Without writing the bytes as base64 again: a decoder passes over what it does not know, so the right number of bytes
 * proves that each letter counted. `-` and `_` count too, and the last letter may have bits that belong to no byte.
 */
function isCanonical(base64: string, bytes: Buffer): boolean {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const end = base64.slice(-4);
  return (
    bytes.length === (base64.length / 4) * 3 - padding &&
    !BEYOND_LATIN.test(base64) &&
    !base64.includes('-') &&
    !base64.includes('_') &&
    Buffer.from(end, 'base64').toString('base64') === end
  );
}
