import { gunzipSync } from 'node:zlib';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { StoreError } from '../errors.ts';
import type { DocumentKey, Documents, NewId, Now, PutOptions } from '../ports.ts';
import { encode, head, type Item, idOf, listing, part, partCount, partition } from './document-items.ts';

export interface DocumentsOptions {
  client: DynamoDBClient;
  table: string;
  now: Now;
  newId: NewId;
}

/**
 * The ledger's documents in one DynamoDB table (keys `pk`, `sk`; TTL attribute `ttl`; index `lists` on `gpk`, `gsk`).
 * Without transactions, streams or items in failed conditions, so that every emulator can be held to the same suite.
 */
export function createDocuments(options: DocumentsOptions): Documents {
  return {
    get: (key) => attempt('get', () => getDocument(options, key)),
    put: (key, value, how) => attempt('put', () => putDocument(options, key, value, how)),
    all: (key) => attempt('query', () => allDocuments(options, key)),
    listed: (tenant, list, range) => attempt('query', () => listedIds(options, `${tenant}#${list}`, range)),
    add: (key, by, expiresAt) => attempt('add', () => addToCounter(options, key, by, expiresAt)),
  };
}

/** An SDK error's message can hold keys; its name cannot. */
async function attempt<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(`DynamoDB: ${what} failed (${cause instanceof Error ? cause.name : 'unknown'})`, { cause });
  }
}

async function getDocument<T>(options: DocumentsOptions, key: DocumentKey) {
  // A writer may remove the parts of the version just read: then there is a newer head to read.
  for (let tries = 0; tries < 5; tries++) {
    const item = await getItem(options, head(key));
    if (!item || isExpired(item, options.now)) return undefined;
    const bytes = await contentOf(options, key, item);
    if (bytes) return { value: JSON.parse(bytes.toString('utf8')) as T, version: Number(item.v?.N) };
  }
  throw new StoreError('DynamoDB: a document lacks some of its parts');
}

async function getItem({ client, table }: DocumentsOptions, key: Item): Promise<Item | undefined> {
  return (await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
}

// DynamoDB deletes expired items within days, not at once.
const isExpired = (item: Item, now: Now) => item.ttl?.N !== undefined && Number(item.ttl.N) * 1000 <= now();

async function contentOf(options: DocumentsOptions, key: DocumentKey, item: Item): Promise<Buffer | undefined> {
  if (item.j?.S !== undefined) return Buffer.from(item.j.S, 'utf8');
  if (item.z?.B) return gunzipSync(item.z.B);
  const indexes = Array.from({ length: partCount(item) }, (_, index) => index);
  const parts = await Promise.all(indexes.map((index) => getItem(options, part(key, item.w?.S ?? '', index))));
  if (parts.some((one) => !one?.z?.B)) return undefined;
  return gunzipSync(Buffer.concat(parts.map((one) => one?.z?.B ?? new Uint8Array())));
}

async function putDocument(options: DocumentsOptions, key: DocumentKey, value: unknown, how: PutOptions) {
  const writeId = options.newId();
  const expiry: Item = how.expiresAt === undefined ? {} : { ttl: { N: String(Math.ceil(how.expiresAt / 1000)) } };
  const { content, parts } = encode(value);
  await Promise.all(
    parts.map((bytes, index) => putPart(options, { ...part(key, writeId, index), ...expiry, z: { B: bytes } })),
  );
  const item = { ...head(key), ...expiry, ...content, ...listing(key, how), w: { S: writeId } };
  const outcome = await putHead(options, { ...item, v: { N: String(how.expected + 1) } }, how.expected);
  const leftover = outcome.written ? outcome.replaced : item;
  await removeParts(options, key, leftover);
  return outcome.written;
}

async function putPart({ client, table }: DocumentsOptions, item: Item): Promise<void> {
  await client.send(new PutItemCommand({ TableName: table, Item: item }));
}

type HeadOutcome = { written: boolean; replaced?: Item | undefined };

async function putHead(options: DocumentsOptions, item: Item, expected: number): Promise<HeadOutcome> {
  const isNew = 'attribute_not_exists(pk) OR #ttl <= :now';
  const unchanged = 'v = :expected AND (attribute_not_exists(#ttl) OR #ttl > :now)';
  const condition = {
    ConditionExpression: expected === 0 ? isNew : unchanged,
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ':now': { N: String(Math.floor(options.now() / 1000)) },
      ...(expected > 0 && { ':expected': { N: String(expected) } }),
    },
  };
  try {
    const put = new PutItemCommand({ TableName: options.table, Item: item, ReturnValues: 'ALL_OLD', ...condition });
    return { written: true, replaced: (await options.client.send(put)).Attributes };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { written: await wasOurs(options, item, error) };
  }
}

/** The SDK repeats a put whose answer was lost; the repeat then fails on our own first write. */
async function wasOurs(options: DocumentsOptions, item: Item, error: ConditionalCheckFailedException) {
  if ((error.$metadata.attempts ?? 1) === 1) return false;
  const { pk, sk, w } = item;
  const stored = pk && sk && (await getItem(options, { pk, sk }));
  return stored?.w?.S !== undefined && stored.w.S === w?.S;
}

/** Best effort: what stays behind costs storage, not correctness. */
async function removeParts({ client, table }: DocumentsOptions, key: DocumentKey, item: Item | undefined) {
  const indexes = Array.from({ length: partCount(item) }, (_, index) => index);
  await Promise.allSettled(
    indexes.map((index) =>
      client.send(new DeleteItemCommand({ TableName: table, Key: part(key, item?.w?.S ?? '', index) })),
    ),
  );
}

async function allDocuments<T>(options: DocumentsOptions, key: Omit<DocumentKey, 'sort'>) {
  const items = await queryAll(options, {
    TableName: options.table,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :d)',
    ExpressionAttributeValues: { ':pk': { S: partition(key) }, ':d': { S: 'd#' } },
  });
  const found = items.filter((item) => !isExpired(item, options.now));
  return Promise.all(
    found.map(async (item) => {
      const sort = item.sk?.S?.slice(2) ?? '';
      const stored = item.parts ? undefined : await contentOf(options, key, item);
      const value = stored
        ? (JSON.parse(stored.toString('utf8')) as T)
        : (await getDocument<T>(options, { ...key, sort }))?.value;
      return { sort, value: value as T };
    }),
  );
}

async function queryAll({ client }: DocumentsOptions, input: QueryCommandInput, limit = Number.POSITIVE_INFINITY) {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(new QueryCommand({ ...input, ...(start && { ExclusiveStartKey: start }) }));
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start && items.length < limit);
  return items.slice(0, limit);
}

async function listedIds(options: DocumentsOptions, list: string, range: { before: number; limit: number }) {
  const input = {
    TableName: options.table,
    IndexName: 'lists',
    KeyConditionExpression: 'gpk = :list AND gsk <= :before',
    ExpressionAttributeValues: { ':list': { S: list }, ':before': { N: String(range.before) } },
    Limit: Math.min(range.limit, 1000),
  };
  const items = await queryAll(options, input, range.limit);
  return items.map((item) => ({ id: idOf(item.pk?.S ?? ''), at: Number(item.gsk?.N) }));
}

async function addToCounter({ client, table }: DocumentsOptions, key: DocumentKey, by: number, expiresAt: number) {
  const update = new UpdateItemCommand({
    TableName: table,
    Key: head(key),
    UpdateExpression: 'ADD n :by SET #ttl = :ttl',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':by': { N: String(by) }, ':ttl': { N: String(Math.ceil(expiresAt / 1000)) } },
    ReturnValues: 'UPDATED_NEW',
  });
  return Number((await client.send(update)).Attributes?.n?.N);
}
