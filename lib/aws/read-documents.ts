import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { batchesOf } from '../batches.ts';
import { StoreError } from '../errors.ts';
import { inParallel } from '../in-parallel.ts';
import type { DocumentKey, Listed, ListRange, Now, Stored } from '../ports.ts';
import { decode, decodeBytes, FORMAT, head, type Item, idOf, part, partCount, partition } from './document-items.ts';

export interface TableAccess {
  client: DynamoDBClient;
  table: string;
  now: Now;
}

const MAX_READS = 5; // A writer may remove the parts of the version just read: then there is a newer head to read.

/** @throws StoreError where the document was written in a newer format, or stays incomplete. */
export async function getDocument<T>(access: TableAccess, key: DocumentKey): Promise<Stored<T> | undefined> {
  for (let tries = 0; tries < MAX_READS; tries++) {
    const item = await getItem(access, head(key));
    if (!item || isExpired(item, access.now)) return undefined;
    const stored = await storedIn<T>(access, key, item);
    if (stored) return stored;
  }
  throw new StoreError('DynamoDB: a document lacks some of its parts');
}

export async function getItem({ client, table }: TableAccess, key: Item): Promise<Item | undefined> {
  return (await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
}

// DynamoDB deletes expired items within days, not at once.
const isExpired = (item: Item, now: Now) => item.ttl?.N !== undefined && Number(item.ttl.N) * 1000 <= now();

/** @returns undefined where a part is gone: there is a newer version. */
async function storedIn<T>(access: TableAccess, key: DocumentKey, item: Item): Promise<Stored<T> | undefined> {
  if (item.f?.N !== FORMAT) throw new StoreError('DynamoDB: a document has a format that this version cannot read');
  const version = Number(item.v?.N);
  const value = decode<T>(item);
  if (value !== undefined) return { value, version };
  const bytes = await partsOf(access, key, item);
  return bytes && { value: decodeBytes<T>(bytes), version };
}

async function partsOf(access: TableAccess, key: DocumentKey, item: Item): Promise<Buffer | undefined> {
  const indexes = Array.from({ length: partCount(item) }, (_, index) => index);
  const parts = await Promise.all(indexes.map((index) => getItem(access, part(key, item.w?.S ?? '', index))));
  if (parts.some((one) => !one?.z?.B)) return undefined;
  return Buffer.concat(parts.map((one) => one?.z?.B ?? new Uint8Array()));
}

const KEYS_PER_BATCH = 100; // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html

/** In the order of the keys. One request for up to a hundred documents, unless they are large. */
export async function getDocuments<T>(access: TableAccess, keys: DocumentKey[]): Promise<(Stored<T> | undefined)[]> {
  const items = new Map<string, Item>();
  const distinct = [...new Map(keys.map((key) => [nameOf(head(key)), head(key)])).values()];
  for (const some of batchesOf(distinct, KEYS_PER_BATCH))
    for (const item of await batchGet(access, some)) items.set(nameOf(item), item);
  return inParallel(keys, async (key) => {
    const item = items.get(nameOf(head(key)));
    if (!item || isExpired(item, access.now)) return undefined;
    return (await storedIn<T>(access, key, item)) ?? getDocument<T>(access, key);
  });
}

const nameOf = ({ pk, sk }: Item) => `${pk?.S}\n${sk?.S}`;

/** What a batch leaves unprocessed (too large an answer, or throttled) is asked for again: each alone, as the SDK paces it. */
async function batchGet(access: TableAccess, keys: Item[]): Promise<Item[]> {
  const { client, table } = access;
  const request = { [table]: { Keys: keys, ConsistentRead: true } };
  const answer = await client.send(new BatchGetItemCommand({ RequestItems: request }));
  const left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  const rest = await inParallel(left, (key) => getItem(access, key));
  return [...(answer.Responses?.[table] ?? []), ...rest.filter((item) => item !== undefined)];
}

/** Every document of a tenant, kind and id, by `sort` ascending. */
export async function allDocuments<T>(access: TableAccess, key: Omit<DocumentKey, 'sort'>) {
  const items = await queryAll(access, {
    TableName: access.table,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :d)',
    ExpressionAttributeValues: { ':pk': { S: partition(key) }, ':d': { S: 'd#' } },
  });
  const found = items.filter((item) => !isExpired(item, access.now));
  return inParallel(found, async (item) => {
    const sort = item.sk?.S?.slice(2) ?? '';
    const whole = { ...key, sort };
    const stored = (await storedIn<T>(access, whole, item)) ?? (await getDocument<T>(access, whole));
    return { sort, value: stored?.value as T };
  });
}

export async function queryAll({ client }: TableAccess, input: QueryCommandInput, limit = Number.POSITIVE_INFINITY) {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(new QueryCommand({ ...input, ...(start && { ExclusiveStartKey: start }) }));
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start && items.length < limit);
  return items.slice(0, limit);
}

/** Ids in a list, by time. @param list with its tenant: `tenant#list`. */
export async function listedIds(access: TableAccess, list: string, range: ListRange): Promise<Listed[]> {
  const { before, after = FIRST, limit, newestFirst = false } = range;
  const input = {
    TableName: access.table,
    IndexName: 'lists',
    KeyConditionExpression: 'gpk = :list AND gsk BETWEEN :after AND :before',
    ExpressionAttributeValues: {
      ':list': { S: list },
      ':after': { N: String(after) },
      ':before': { N: String(before) },
    },
    ScanIndexForward: !newestFirst,
    Limit: Math.min(limit, 1000),
  };
  const items = after > before ? [] : await queryAll(access, input, limit);
  return items.map((item) => ({ id: idOf(item.pk?.S ?? ''), at: Number(item.gsk?.N) }));
}

const FIRST = 0;
