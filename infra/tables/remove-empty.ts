import {
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ScanCommand,
  UpdateTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { ConfigError } from '../../lib/errors.ts';
import { tableExists } from '../deploy/facts.ts';

export interface RemoveDeps {
  dynamodb: DynamoDBClient;
  print(line: string): void;
}

const MAX_WAIT_SECONDS = 300;

/**
 * Deletes tables that a failed deployment left behind: those of the names that exist, all of them or none.
 *
 * @param owned whether the running stack has them; then they are not left over
 * @throws ConfigError where they belong to a stack, or where one of them has anything in it
 */
export async function removeEmptyTables(names: string[], owned: boolean, deps: RemoveDeps): Promise<void> {
  if (owned) throw new ConfigError('The tables belong to the stack that runs. Nothing was deleted.');
  const existing: string[] = [];
  for (const name of names) if (await tableExists(deps.dynamodb, name)) existing.push(name);
  const filled: string[] = [];
  for (const name of existing) if (await hasItems(deps.dynamodb, name)) filled.push(name);
  if (filled.length > 0)
    throw new ConfigError(
      `Not empty: ${filled.join(', ')}. Nothing was deleted. Import the tables instead: docs/deploy.md says how.`,
    );
  for (const name of existing) await deleteTable(deps.dynamodb, name);
  for (const name of existing) deps.print(`${name}: was empty, is deleted`);
  if (existing.length === 0) deps.print(`There is no table ${names.join(' and none ')}: nothing to delete.`);
}

async function hasItems(client: DynamoDBClient, TableName: string): Promise<boolean> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName, Limit: 1, ConsistentRead: true }));
  return Items.length > 0;
}

async function deleteTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  if (Table?.DeletionProtectionEnabled) {
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await waitUntilTableExists({ client, minDelay: 1, maxDelay: 5, maxWaitTime: MAX_WAIT_SECONDS }, { TableName });
  }
  await client.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists({ client, minDelay: 1, maxDelay: 5, maxWaitTime: MAX_WAIT_SECONDS }, { TableName });
}
