import { UnusableFile } from '../unusable-file.ts';

const startsWith = (bytes: Uint8Array, mark: number[]) => mark.every((byte, index) => bytes[index] === byte);

/**
 * The text of an exported table. UTF-8 with or without a byte order mark, UTF-16 with one (Excel's "Unicode text"), else
 * GB18030, which holds GBK and GB2312 (what Excel in Chinese saves as CSV): https://encoding.spec.whatwg.org/#gb18030.
 * @throws UnusableFile for bytes that are none of them.
 */
export function decodeTable(bytes: Uint8Array): string {
  if (startsWith(bytes, [0xff, 0xfe])) return new TextDecoder('utf-16le').decode(bytes);
  if (startsWith(bytes, [0xfe, 0xff])) return new TextDecoder('utf-16be').decode(bytes);
  const text = decodeAs('utf-8', bytes) ?? decodeAs('gb18030', bytes);
  if (text === undefined || text.includes('\0'))
    throw new UnusableFile('the file is neither UTF-8 nor GBK text: export it as CSV or .xlsx again');
  return text;
}

/** A file is wholly of one encoding: one byte that does not fit, and it is another one. */
function decodeAs(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
