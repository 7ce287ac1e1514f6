import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';

const HEAD_BYTES = 20;

/**
 * The floor of the door: a bare parse, verify, decrypt and parse, as a receiver without any of our checks would write
 * it. @param key the 32 bytes of the AES key. @returns the content.
 */
export function bareOpen(text: string, token: string, key: Buffer): unknown {
  const { encrypt, msgSignature, timeStamp, nonce } = JSON.parse(text).body;
  const expected = createHash('sha1').update([token, timeStamp, nonce, encrypt].sort().join('')).digest('hex');
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(msgSignature))) throw new Error('signature');
  const aes = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([aes.update(Buffer.from(encrypt, 'base64')), aes.final()]);
  const end = HEAD_BYTES + plain.readUInt32BE(HEAD_BYTES - 4);
  return JSON.parse(plain.toString('utf8', HEAD_BYTES, end));
}
