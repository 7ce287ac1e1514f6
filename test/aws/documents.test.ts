import { randomBytes, randomUUID } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { createDocuments } from '../../lib/aws/documents.ts';
import type { Documents } from '../../lib/ports.ts';
import { documentsContract } from '../contracts/documents.ts';
import { createTable } from './tables.ts';

const TABLE = `documents-${randomUUID()}`;
const client = new DynamoDBClient();

const openTable = (over: DynamoDBClient, now: () => number = Date.now) =>
  createDocuments({ client: over, table: TABLE, now, newId: randomUUID });

beforeAll(() => createTable(client, TABLE));
afterAll(() => client.destroy());

documentsContract('the DynamoDB table', async () => {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const documents = openTable(client, () => clock.now);
  const [tenant, otherTenant] = [randomUUID(), randomUUID()];
  return {
    documents,
    clock,
    tenant,
    otherTenant,
    itemsOf: async ({ kind, id }) => {
      const partition = { ':pk': { S: `${tenant}#${kind}#${id}` } };
      const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: partition };
      return (await client.send(new QueryCommand({ TableName: TABLE, Select: 'COUNT', ...query }))).Count ?? 0;
    },
  };
});

describe('a reader that a writer overtakes', () => {
  const key = { tenant: 'overtaken', kind: 'thing', id: randomUUID() };
  const large = () => randomBytes(800_000).toString('base64');

  /** Between the head of a document and its parts, `between` happens. */
  function openReader(between: () => Promise<unknown>): Documents {
    const send = async (command: GetItemCommand) => {
      const answer = await client.send(command);
      if (command instanceof GetItemCommand && answer.Item?.parts) await between();
      return answer;
    };
    return openTable({ send } as unknown as DynamoDBClient);
  }

  it('finds the parts gone, and reads the new version whole', async () => {
    const table = openTable(client);
    await table.put(key, large(), { expected: 0 });
    const news = large();
    let written = false;
    const reader = openReader(async () => {
      if (!written) written = await table.put(key, news, { expected: 1 });
    });
    const read = await reader.get<string>(key);
    expect([read?.version, read?.value === news]).toEqual([2, true]);
  });

  it('again and again, gives up with an error instead of a mixture', async () => {
    const table = openTable(client);
    const other = { ...key, id: randomUUID() };
    let version = 0;
    const write = async () => {
      version += await table.put(other, large(), { expected: version }).then(Number);
    };
    await write();
    await expect(openReader(write).get(other)).rejects.toThrow('lacks some of its parts');
  });
});

describe('parts that a write has left behind', () => {
  const large = () => randomBytes(400_000).toString('base64');

  it('are deleted by purge, and those of the present version are not', async () => {
    const key = { tenant: 'purged', kind: 'thing', id: randomUUID() };
    const partsLeft = async () => {
      const partition = { ':pk': { S: `#parts#purged#thing#${key.id}` } };
      const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: partition };
      return (await client.send(new QueryCommand({ TableName: TABLE, Select: 'COUNT', ...query }))).Count;
    };
    const refuses = async (command: object) => {
      if (command instanceof DeleteItemCommand) throw new Error('no right to delete');
      return client.send(command as GetItemCommand);
    };
    const withoutRight = openTable({ send: refuses } as unknown as DynamoDBClient);
    await withoutRight.put(key, large(), { expected: 0 });
    const news = large();
    await withoutRight.put(key, news, { expected: 1 });
    expect(await partsLeft()).toBe(4);
    await expect(withoutRight.purge?.(key)).rejects.toThrow('purge');
    const table = openTable(client);
    await table.purge?.(key);
    expect([await partsLeft(), (await table.get(key))?.value === news]).toEqual([2, true]);
    await table.put(key, 'small', { expected: 2 });
    await table.purge?.(key);
    expect(await partsLeft()).toBe(0);
  });
});
