import type { IncomingMessage } from 'node:http';

/** @returns the whole body, or undefined as soon as it is known to be longer than `mostBytes`. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) return undefined;
  }
  return Buffer.concat(chunks);
}
