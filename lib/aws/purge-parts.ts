import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { inParallel } from '../in-parallel.ts';
import type { DocumentKey } from '../ports.ts';
import { type Item, partCount, partition } from './document-items.ts';
import { queryAll, type TableAccess } from './read-documents.ts';

/**
 * Deletes the parts of earlier versions of these documents, which a write removes by best effort only. Safe to repeat.
 * Needs dynamodb:DeleteItem; not while another writer may be storing a version of its own.
 */
export async function purgeParts(access: TableAccess, key: Omit<DocumentKey, 'sort'>): Promise<void> {
  const pk = partition(key);
  const parts = await itemsOf(access, `#parts#${pk}`);
  if (parts.length === 0) return;
  const heads = await itemsOf(access, pk);
  const inUse = heads.filter((head) => partCount(head) > 0).map((head) => `#${head.w?.S}#`);
  const left = parts.filter(({ sk }) => !inUse.some((writeId) => sk?.S?.includes(writeId)));
  await inParallel(left, async ({ pk, sk }) => {
    if (pk && sk) await access.client.send(new DeleteItemCommand({ TableName: access.table, Key: { pk, sk } }));
  });
}

const itemsOf = (access: TableAccess, pk: string): Promise<Item[]> =>
  queryAll(access, {
    TableName: access.table,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
    ProjectionExpression: 'pk, sk, w, parts',
  });
