import { randomBytes, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDocuments } from '../../lib/aws/documents.ts';
import { StoreError } from '../../lib/errors.ts';
import type { Documents } from '../../lib/ports.ts';
import { type LossyProxy, startLossyProxy } from './lossy-proxy.ts';
import { createTable } from './tables.ts';

const TABLE = `lost-answers-${randomUUID()}`;
const NOW = Date.UTC(2026, 0, 1);
const SECRET = 'Zhang-13800138000';
const direct = new DynamoDBClient();
let proxy: LossyProxy;
let client: DynamoDBClient;
let documents: Documents;
let table: Documents;

const documentsOver = (over: DynamoDBClient, name = TABLE) =>
  createDocuments({ client: over, table: name, now: () => NOW, newId: randomUUID });

beforeAll(async () => {
  await createTable(direct, TABLE);
  proxy = await startLossyProxy(process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '');
  client = new DynamoDBClient({ endpoint: proxy.url });
  documents = documentsOver(client);
  table = documentsOver(direct);
});
afterAll(async () => {
  client.destroy();
  direct.destroy();
  await proxy.close();
});

const newKey = () => ({ tenant: 'acme', kind: 'thing', id: randomUUID() });

describe('a put whose answer is lost', () => {
  it('promise 3: and that the SDK repeats, is recognised as one’s own', async () => {
    const key = newKey();
    proxy.loseAnswers(1);
    expect(await documents.put(key, 'mine', { expected: 0 })).toBe(true);
    expect(await table.get(key)).toEqual({ value: 'mine', version: 1 });
    proxy.loseAnswers(1);
    expect(await documents.put(key, 'mine again', { expected: 1 })).toBe(true);
    expect(await table.get(key)).toEqual({ value: 'mine again', version: 2 });
    expect(proxy.lost()).toBe(2);
  });

  it('promise 7: and that is large, keeps its parts', async () => {
    const [key, text] = [newKey(), randomBytes(800_000).toString('base64')];
    proxy.loseAnswers(2);
    expect(await documents.put(key, text, { expected: 0 })).toBe(true);
    expect((await table.get<string>(key))?.value === text).toBe(true);
  });

  it('is not taken for another writer’s', async () => {
    const key = newKey();
    await table.put(key, 'theirs', { expected: 0 });
    proxy.loseAnswers(1);
    expect(await documents.put(key, 'theirs', { expected: 0 })).toBe(false);
    expect(await table.get(key)).toEqual({ value: 'theirs', version: 1 });
  });

  it('lost again and again, is an error that leaves open whether it happened', async () => {
    const key = newKey();
    proxy.loseAnswers(100);
    await expect(documents.put(key, 'mine', { expected: 0 })).rejects.toThrow(StoreError);
    proxy.loseAnswers(0);
    expect(await table.get(key)).toEqual({ value: 'mine', version: 1 });
  });
});

describe('promise 11: a store that fails names neither key nor value', () => {
  const key = { tenant: 'acme', kind: 'thing', id: SECRET, sort: SECRET };
  const value = { name: SECRET };
  const calls: [string, (documents: Documents) => Promise<unknown>][] = [
    ['get', (documents) => documents.get(key)],
    ['put', (documents) => documents.put(key, value, { expected: 0, listed: { list: SECRET, at: 1 } })],
    ['all', (documents) => documents.all(key)],
    ['listed', (documents) => documents.listed('acme', SECRET, { before: 1, limit: 1 })],
    ['add', (documents) => documents.add(key, 1, NOW)],
  ];

  it.each(calls)('%s without a table', async (_name, call) => {
    const error = await thrownBy(call(documentsOver(direct, 'no-such-table')));
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toMatch(/^DynamoDB: \w+ failed \(ResourceNotFoundException\)$/);
  });

  it.each(calls)('%s at a closed port', async (_name, call) => {
    const unreachable = new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    const error = await thrownBy(call(documentsOver(unreachable)));
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).not.toContain(SECRET);
    unreachable.destroy();
  });

  it('a document with a part missing is an error, not a document', async () => {
    const [torn, text] = [newKey(), randomBytes(800_000).toString('base64')];
    await table.put(torn, text, { expected: 0 });
    await removeOnePart(torn.id);
    const error = await thrownBy(table.get(torn));
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).not.toContain(torn.id);
  });
});

async function thrownBy(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('nothing was thrown'),
    (error) => error,
  );
}

async function removeOnePart(id: string): Promise<void> {
  const { DeleteItemCommand, QueryCommand } = await import('@aws-sdk/client-dynamodb');
  const values = { ':pk': { S: `#parts#acme#thing#${id}` }, ':p': { S: 'p#' } };
  const query = { KeyConditionExpression: 'pk = :pk AND begins_with(sk, :p)', ExpressionAttributeValues: values };
  const { Items = [] } = await direct.send(new QueryCommand({ TableName: TABLE, ...query }));
  const [pk, sk] = [Items[1]?.pk, Items[1]?.sk];
  if (!pk || !sk) throw new Error('the document has no second part');
  await direct.send(new DeleteItemCommand({ TableName: TABLE, Key: { pk, sk } }));
}
