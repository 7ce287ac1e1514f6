import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { StoreError } from '../errors.ts';
import type { DocumentKey, Documents, NewId, PutOptions } from '../ports.ts';
import { encode, head, type Item, listing, part, partCount } from './document-items.ts';
import { purgeParts } from './purge-parts.ts';
import { allDocuments, getDocument, getDocuments, getItem, listedIds, type TableAccess } from './read-documents.ts';

export interface DocumentsOptions extends TableAccess {
  newId: NewId;
}

/**
 * The ledger's documents in one DynamoDB table (keys `pk`, `sk`; TTL attribute `ttl`; index `lists` on `gpk`, `gsk`).
 * Without transactions, streams or items in failed conditions, so that every emulator can be held to the same suite.
 */
export function createDocuments(options: DocumentsOptions): Documents {
  return {
    get: (key) => attempt('get', () => getDocument(options, key)),
    getMany: (keys) => attempt('get', () => getDocuments(options, keys)),
    put: (key, value, how) => attempt('put', () => putDocument(options, key, value, how)),
    all: (key) => attempt('query', () => allDocuments(options, key)),
    listed: (tenant, list, range) => attempt('query', () => listedIds(options, `${tenant}#${list}`, range)),
    add: (key, by, expiresAt) => attempt('add', () => addToCounter(options, key, by, expiresAt)),
    purge: (key) => attempt('purge', () => purgeParts(options, key)),
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
