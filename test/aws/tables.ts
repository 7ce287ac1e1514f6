import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';

// npm and jest run in the package's folder.
const TEMPLATE = join(process.cwd(), 'infra/tables.yml');

/** A table as the template deploys it, as far as an emulator knows its properties. */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  const { Resources } = parse(readFileSync(TEMPLATE, 'utf8'), { merge: true });
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = Resources.LedgerTable.Properties;
  const table = { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } as CreateTableCommandInput;
  await client.send(new CreateTableCommand({ ...table, TableName: name }));
}
