import type { IncomingMessage } from 'node:http';

// A sender of too much reads the answer only after it has sent everything: it may finish, within reason.
const DRAINED_TIMES = 8;

/** @returns the whole body, or undefined when it is longer than `mostBytes`. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= mostBytes) chunks.push(chunk as Buffer);
    if (bytes > mostBytes * DRAINED_TIMES) break;
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks);
}
