import { randomUUID } from 'node:crypto';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { createDocuments } from '../../lib/aws/documents.ts';
import { documentsContract } from '../contracts/documents.ts';
import { createTable } from './tables.ts';

const TABLE = `documents-${randomUUID()}`;
const client = new DynamoDBClient();

beforeAll(() => createTable(client, TABLE));
afterAll(() => client.destroy());

documentsContract('the DynamoDB table', async () => {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const documents = createDocuments({ client, table: TABLE, now: () => clock.now, newId: randomUUID });
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
