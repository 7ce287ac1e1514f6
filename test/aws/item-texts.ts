import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as JSON: bytes are base64. */
export type TextItem = Record<string, { S?: string; N?: string; B?: string }>;

export function asItems(texts: TextItem[]): Record<string, AttributeValue>[] {
  return texts.map((text) => Object.fromEntries(Object.entries(text).map(([name, value]) => [name, asValue(value)])));
}

function asValue({ S, N, B }: TextItem[string]): AttributeValue {
  if (S !== undefined) return { S };
  return B === undefined ? { N: N ?? '0' } : { B: Buffer.from(B, 'base64') };
}
