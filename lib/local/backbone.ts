import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createDocuments } from '../aws/documents.ts';
import { createOutcomes } from '../aws/outcomes.ts';
import { createQueue } from '../aws/queue.ts';
import type { LedgerTables } from '../ledger/ledger.ts';
import type { Now, Outcomes, Queue } from '../ports.ts';
import { type EmulatorOptions, type Emulators, startEmulators, tablesFolder } from './emulators.ts';
import { LocalProblem } from './local-problem.ts';
import { VISIBILITY_SECONDS } from './local-timing.ts';
import { rebuildLists } from './rebuild-lists.ts';
import { createOutcomesQueue, createQueues, createTables } from './resources.ts';
import { checkTableFiles } from './table-files.ts';

/** Tables and queues, and the production adapters in front of them. */
export interface Backbone {
  tables: LedgerTables;
  queue: Queue;
  outcomes: Outcomes;
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
  outcomesQueueUrl: string;
}

export interface BackboneOptions extends EmulatorOptions {
  /** Whether the tables' files were left by a process that was killed. */
  unclean: boolean;
}

const NAMES = {
  events: 'merge-sync-local-events',
  ledger: 'merge-sync-local-ledger',
  queue: 'merge-sync-local-events',
  outcomes: 'merge-sync-local-outcomes',
};
const TABLES = [NAMES.events, NAMES.ledger];

// Dummy credentials: worth nothing at AWS.
const LOCAL = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** @throws LocalProblem when the tables or the queues cannot be opened. */
export async function startBackbone(options: BackboneOptions, now: Now): Promise<Backbone> {
  const ownFiles = options.dataDir !== undefined && options.dynamodb === undefined;
  if (ownFiles) await checkTableFiles(tablesFolder(options.dataDir ?? ''), { dropIndexes: options.unclean });
  const emulators = await startEmulators(options);
  const client = new DynamoDBClient({ ...LOCAL, endpoint: emulators.dynamodb });
  const sqs = new SQSClient({ ...LOCAL, endpoint: emulators.sqs, useQueueUrlAsEndpoint: false });
  const [queues] = await Promise.all([
    openQueues(sqs).catch(explain(QUEUES, 'AWS_ENDPOINT_URL_SQS')),
    createTables(client, TABLES).catch(explain(THE_TABLES, 'AWS_ENDPOINT_URL_DYNAMODB')),
  ]);
  if (ownFiles && options.unclean) await Promise.all(TABLES.map((table) => rebuildLists(client, table)));
  return {
    ...adapters({ client, sqs, ...queues }, now),
    address: addressOf(emulators, queues),
    close: emulators.close,
  };
}

async function openQueues(sqs: SQSClient) {
  const [{ queueUrl }, outcomesQueueUrl] = await Promise.all([
    createQueues(sqs, { name: NAMES.queue, visibilitySeconds: VISIBILITY_SECONDS }),
    createOutcomesQueue(sqs, NAMES.outcomes),
  ]);
  return { queueUrl, outcomesQueueUrl };
}

type Queues = Awaited<ReturnType<typeof openQueues>>;

function adapters({ client, sqs, queueUrl, outcomesQueueUrl }: Clients & Queues, now: Now) {
  const documents = (table: string) => createDocuments({ client, table, now, newId: randomUUID });
  return {
    tables: { events: documents(NAMES.events), ledger: documents(NAMES.ledger) },
    queue: createQueue({ client: sqs, queueUrl, fair: false }),
    outcomes: createOutcomes({ client: sqs, queueUrl: outcomesQueueUrl }),
    sqs,
    queueUrl,
  };
}

interface Clients {
  client: DynamoDBClient;
  sqs: SQSClient;
}

const addressOf = ({ dynamodb, sqs }: Emulators, queues: Queues): StackAddress => ({
  dynamodb,
  sqs,
  eventsTable: NAMES.events,
  ledgerTable: NAMES.ledger,
  ...queues,
});

const THE_TABLES = { en: 'The tables', zh: '数据表' };
const QUEUES = { en: 'The queues', zh: '队列' };

function explain(what: { en: string; zh: string }, variable: string) {
  return (error: unknown): never => {
    const name = error instanceof Error ? error.name : 'unknown';
    throw new LocalProblem({
      en: `${what.en} cannot be opened (${name}): does anything listen at ${variable}?`,
      zh: `无法打开${what.zh}（${name}）：请确认 ${variable} 指向的地址有服务在运行`,
    });
  };
}
