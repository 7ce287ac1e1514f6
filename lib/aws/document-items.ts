import { gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DocumentKey, PutOptions } from '../ports.ts';

export type Item = Record<string, AttributeValue>;

// A DynamoDB item ends at 400 KB, keys and names included; longer documents are cut into parts.
const PART_BYTES = 350_000;
// Below this an operator can read the JSON in the console; above it, size matters more.
const PLAIN_TEXT_BYTES = 4_096;
const GZIP_LEVEL = 3; // 6 MB in about 60 ms; level 6 takes three times as long for a tenth less.

/** pk = tenant#kind#id; only the id may itself contain '#'. */
export const partition = (key: Omit<DocumentKey, 'sort'>) => `${key.tenant}#${key.kind}#${key.id}`;
/** The document itself, or its description where it is cut into parts. */
export const head = (key: DocumentKey) => ({ pk: { S: partition(key) }, sk: { S: `d#${key.sort ?? ''}` } });
/** In a partition of its own: infra/roles.yml lets functions delete by this prefix, which no tenant's name can begin with. */
export const part = (key: DocumentKey, writeId: string, index: number) => ({
  pk: { S: `#parts#${partition(key)}` },
  sk: { S: `p#${key.sort ?? ''}#${writeId}#${index}` },
});
export const partCount = (item: Item | undefined) => Number(item?.parts?.N ?? 0);

/** A value as attributes of its head, and the parts it is cut into, if any. */
export function encode(value: unknown): { content: Item; parts: Uint8Array[] } {
  const json = JSON.stringify(value);
  if (json.length <= PLAIN_TEXT_BYTES) return { content: { j: { S: json } }, parts: [] };
  const bytes = gzipSync(json, { level: GZIP_LEVEL });
  if (bytes.length <= PART_BYTES) return { content: { z: { B: bytes } }, parts: [] };
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += PART_BYTES) parts.push(bytes.subarray(from, from + PART_BYTES));
  return { content: { parts: { N: String(parts.length) } }, parts };
}

/** The attributes by which a list finds it. */
export function listing(key: DocumentKey, { listed }: PutOptions): Item {
  if (!listed) return {};
  return { gpk: { S: `${key.tenant}#${listed.list}` }, gsk: { N: String(listed.at) } };
}

export const idOf = (pk: string) => pk.split('#').slice(2).join('#');
