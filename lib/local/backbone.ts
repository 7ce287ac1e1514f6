import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createDocuments } from '../aws/documents.ts';
import { createQueue } from '../aws/queue.ts';
import { ConfigError } from '../errors.ts';
import type { LedgerTables } from '../ledger/ledger.ts';
import type { Now, Queue } from '../ports.ts';
import { type EmulatorOptions, startEmulators } from './emulators.ts';
import { VISIBILITY_SECONDS } from './local-timing.ts';
import { createQueues, createTables } from './resources.ts';

/** Tables and queue, and the production adapters in front of them. */
export interface Backbone {
  tables: LedgerTables;
  queue: Queue;
  sqs: SQSClient;
  queueUrl: string;
  /** Where `merge-sync … --local` finds them. */
  address: StackAddress;
  close(): Promise<void>;
}

export interface StackAddress {
  dynamodb: string;
  sqs: string;
  eventsTable: string;
  ledgerTable: string;
  queueUrl: string;
}

const NAMES = {
  events: 'merge-sync-local-events',
  ledger: 'merge-sync-local-ledger',
  queue: 'merge-sync-local-events',
};

// Never the developer's own account: these are worth nothing anywhere.
const NOBODY = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** @throws ConfigError when nobody answers for the tables or the queue. */
export async function startBackbone(options: EmulatorOptions, now: Now): Promise<Backbone> {
  const emulators = await startEmulators(options);
  const client = new DynamoDBClient({ ...NOBODY, endpoint: emulators.dynamodb });
  const sqs = new SQSClient({ ...NOBODY, endpoint: emulators.sqs, useQueueUrlAsEndpoint: false });
  const documents = (table: string) => createDocuments({ client, table, now, newId: randomUUID });
  const queues = createQueues(sqs, { name: NAMES.queue, visibilitySeconds: VISIBILITY_SECONDS });
  const created = createTables(client, [NAMES.events, NAMES.ledger]);
  const [{ queueUrl }] = await Promise.all([
    queues.catch(explain('The queue', 'AWS_ENDPOINT_URL_SQS')),
    created.catch(explain('The tables', 'AWS_ENDPOINT_URL_DYNAMODB')),
  ]);
  return {
    tables: { events: documents(NAMES.events), ledger: documents(NAMES.ledger) },
    queue: createQueue({ client: sqs, queueUrl, fair: false }),
    sqs,
    queueUrl,
    address: {
      dynamodb: emulators.dynamodb,
      sqs: emulators.sqs,
      eventsTable: NAMES.events,
      ledgerTable: NAMES.ledger,
      queueUrl,
    },
    close: () => emulators.close(),
  };
}

function explain(what: string, variable: string) {
  return (error: unknown): never => {
    const name = error instanceof Error ? error.name : 'unknown';
    throw new ConfigError(`${what} cannot be opened (${name}): does anything listen at ${variable}?`);
  };
}
