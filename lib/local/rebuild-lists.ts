import { type AttributeValue, type DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { inParallel } from '../in-parallel.ts';

/**
 * Writes every listed item once more as it is, and with it its index entry: the list is then what the items say.
 * Reads the whole table. Only while nothing else writes.
 */
export async function rebuildLists(client: DynamoDBClient, table: string): Promise<void> {
  const items = await listedItems(client, table);
  await inParallel(items, (Item) => client.send(new PutItemCommand({ TableName: table, Item })));
}

async function listedItems(client: DynamoDBClient, table: string) {
  const items: Record<string, AttributeValue>[] = [];
  const scan = { TableName: table, FilterExpression: 'attribute_exists(gpk)', ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client }, scan)) items.push(...Items);
  return items;
}
