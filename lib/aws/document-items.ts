import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DocumentKey, PutOptions } from '../ports.ts';
import { pack, unpack } from './packing.ts';

export type Item = Record<string, AttributeValue>;

/** Version of the stored format, in every item's attribute `f`: later versions of this service still read it. */
export const FORMAT = '1';

// A DynamoDB item ends at 400 KB, keys and names included; longer documents are cut into parts.
const PART_BYTES = 350_000;
// Shorter ones cost one write unit either way, and an operator can read them in the console.
const PLAIN_TEXT_BYTES = 512;

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
  const format = { f: { N: FORMAT } };
  const json = JSON.stringify(value);
  if (json.length <= PLAIN_TEXT_BYTES) return { content: { ...format, j: { S: json } }, parts: [] };
  const bytes = pack(json);
  if (bytes.length <= PART_BYTES) return { content: { ...format, z: { B: bytes } }, parts: [] };
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += PART_BYTES) parts.push(bytes.subarray(from, from + PART_BYTES));
  return { content: { ...format, parts: { N: String(parts.length) } }, parts };
}

/** @returns undefined where the document is cut into parts. */
export function decode<T>(item: Item): T | undefined {
  if (item.j?.S !== undefined) return JSON.parse(item.j.S) as T;
  return item.z?.B && decodeBytes<T>(item.z.B);
}

export const decodeBytes = <T>(bytes: Uint8Array): T => JSON.parse(unpack(bytes)) as T;

/** The attributes by which a list finds it. */
export function listing(key: DocumentKey, { listed }: PutOptions): Item {
  if (!listed) return {};
  return { gpk: { S: `${key.tenant}#${listed.list}` }, gsk: { N: String(listed.at) } };
}

export const idOf = (pk: string) => pk.split('#').slice(2).join('#');
