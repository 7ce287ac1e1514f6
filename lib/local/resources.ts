import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';

const table = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'gpk', AttributeType: 'S' },
    { AttributeName: 'gsk', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'lists',
      KeySchema: [
        { AttributeName: 'gpk', KeyType: 'HASH' },
        { AttributeName: 'gsk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
});

/** The tables of infra/tables.yml, as far as an emulator knows their properties; those that exist are left alone. */
export async function createTables(client: DynamoDBClient, names: string[]): Promise<void> {
  await Promise.all(names.map((name) => createTable(client, name)));
}

async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand(table(name)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  // A table that is still being made is, to a write, one that does not exist.
  await waitUntilTableExists({ client, minDelay: 0.05, maxDelay: 1, maxWaitTime: 60 }, { TableName: name });
}

export interface QueueNames {
  name: string;
  visibilitySeconds: number;
}

const MOST_RECEIVES = 5; // As in infra/queues.yml.

/** The queue of infra/queues.yml with its dead-letter queue. @returns their URLs. */
export async function createQueues(client: SQSClient, { name, visibilitySeconds }: QueueNames) {
  const deadLetterQueueUrl = await createQueue(client, `${name}-dlq`, {});
  const attributes = new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ['QueueArn'] });
  const deadLetterTargetArn = (await client.send(attributes)).Attributes?.QueueArn;
  const queueUrl = await createQueue(client, name, {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: MOST_RECEIVES }),
  });
  return { queueUrl, deadLetterQueueUrl };
}

/** The queue of outcomes in infra/queues.yml. @returns its URL. */
export const createOutcomesQueue = (client: SQSClient, name: string) => createQueue(client, name, {});

const COUNTS: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** Whether nothing is in a queue: neither waiting, nor delayed, nor in a worker's hands. */
export async function isQueueEmpty(client: SQSClient, queueUrl: string): Promise<boolean> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: COUNTS });
  const { Attributes = {} } = await client.send(command);
  return COUNTS.every((name) => Number(Attributes[name] ?? 0) === 0);
}

async function createQueue(client: SQSClient, QueueName: string, Attributes: Record<string, string>): Promise<string> {
  return (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
}
