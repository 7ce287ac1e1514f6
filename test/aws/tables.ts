import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';

// npm and jest run in the package's folder.
const TEMPLATE = join(process.cwd(), 'infra/tables.yml');

/** A table as the template deploys it, as far as an emulator knows its properties. */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  const { Resources } = parse(readFileSync(TEMPLATE, 'utf8'), { merge: true });
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = Resources.LedgerTable.Properties;
  const table = { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } as CreateTableCommandInput;
  await client.send(new CreateTableCommand({ ...table, TableName: name }));
  // A table that is still being made is, to a write, one that does not exist.
  await waitUntilTableExists({ client, minDelay: 0.05, maxDelay: 1, maxWaitTime: 60 }, { TableName: name });
}
