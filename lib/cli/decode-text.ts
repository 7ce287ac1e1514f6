/**
 * Text of a file: UTF-8, or UTF-16 where a byte order mark says so, as Windows PowerShell's `>` writes it.
 * @throws TypeError `ERR_ENCODING_INVALID_ENCODED_DATA` for anything else: read all the same, GBK would lose each
 * Chinese character, and a mapping of such values would never fit.
 */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decoder('utf-16be').decode(bytes);
  return decoder('utf-8').decode(bytes);
}

const decoder = (encoding: string) => new TextDecoder(encoding, { fatal: true });
