import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Resources } from '../crash/service.ts';

type Item = Record<string, AttributeValue>;
interface Tables {
  dynamodb: DynamoDBClient;
  resources: Resources;
}

/** Every item of both tables, as a backup has them. */
export const readTables = ({ dynamodb, resources }: Tables): Promise<Item[][]> =>
  Promise.all(tablesOf(resources).map((table) => itemsOf(dynamodb, table)));

/** The tables, or the one that is named, hold what the backup has, and nothing else. */
export async function writeTables({ dynamodb, resources }: Tables, backup: Item[][], only?: string): Promise<void> {
  for (const [index, TableName] of tablesOf(resources).entries()) {
    if (only && TableName !== only) continue;
    for (const { pk, sk } of await itemsOf(dynamodb, TableName))
      await dynamodb.send(new DeleteItemCommand({ TableName, Key: { pk, sk } as Item }));
    for (const Item of backup[index] ?? []) await dynamodb.send(new PutItemCommand({ TableName, Item }));
  }
}

const tablesOf = ({ eventsTable, ledgerTable }: Resources) => [eventsTable, ledgerTable];

async function itemsOf(dynamodb: DynamoDBClient, TableName: string): Promise<Item[]> {
  return (await dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [];
}
