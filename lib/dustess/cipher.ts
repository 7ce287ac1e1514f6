import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { AesKey } from './envelope-keys.ts';

const PADDING_BLOCK_BYTES = 32; // The sender pads to 32, not to AES's 16, so Node's own unpadding refuses it.
const AES_BLOCK_BYTES = 16;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;
const HEAD_BYTES = RANDOM_BYTES + LENGTH_BYTES;

/** What a ciphertext holds. */
export interface Contents {
  message: string;
  receiveId: string;
}

/** The same, opened. */
export interface Opened extends Contents {
  /** The message's UTF-8. */
  bytes: Buffer;
}

/** Not what the sender makes under this key. Which part is wrong is not said: the answer must not help to guess keys. */
export class Undecryptable extends Error {}

// Fatal: a message with a broken character is no message. The BOM, if any, belongs to the text.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** AES-256-CBC → random ‖ length ‖ message ‖ receiveId, every part checked. @throws Undecryptable */
export function decrypt(ciphertext: Buffer, key: AesKey): Opened {
  const plain = unpad(decipher(ciphertext, key));
  if (plain.length < HEAD_BYTES) throw new Undecryptable();
  const end = HEAD_BYTES + plain.readUInt32BE(RANDOM_BYTES);
  if (end > plain.length) throw new Undecryptable();
  const bytes = plain.subarray(HEAD_BYTES, end);
  return { message: text(bytes), bytes, receiveId: text(plain.subarray(end)) };
}

/** Whole blocks, and no unpadding by the cipher: nothing is left for a `final`. */
function decipher(bytes: Buffer, { key, iv }: AesKey): Buffer {
  if (bytes.length % AES_BLOCK_BYTES !== 0) throw new Undecryptable();
  return createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false).update(bytes);
}

/** PKCS#7 with a block of 32: 1 to 32 bytes that all say how many they are. */
function unpad(plain: Buffer): Buffer {
  const count = plain.at(-1) ?? 0;
  if (count < 1 || count > PADDING_BLOCK_BYTES) throw new Undecryptable();
  const end = plain.length - count;
  for (let at = end; at < plain.length; at++) if (plain[at] !== count) throw new Undecryptable();
  return plain.subarray(0, end);
}

function text(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Undecryptable();
  }
}

/** The sender's side. @param random16 sixteen fresh bytes. @returns base64 */
export function encrypt({ message, receiveId }: Contents, key: Buffer, random16: Buffer): string {
  const body = Buffer.from(message);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([random16, length, body, Buffer.from(receiveId)]);
  const count = PADDING_BLOCK_BYTES - (plain.length % PADDING_BLOCK_BYTES);
  const aes = createCipheriv('aes-256-cbc', key, key.subarray(0, AES_BLOCK_BYTES)).setAutoPadding(false);
  return Buffer.concat([aes.update(plain), aes.update(Buffer.alloc(count, count)), aes.final()]).toString('base64');
}
