import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createDocuments } from '../../lib/aws/documents.ts';
import type { Documents } from '../../lib/ports.ts';
import { createTable } from '../aws/tables.ts';
import { createSeededRandom } from '../simulation/seeded-random.ts';
import { startCrmServer } from './crm-server.ts';
import { createFastClock } from './fast-clock.ts';
import { VISIBILITY_SECONDS, type WorkerOrder } from './orders.ts';
import { send } from './sender.ts';
import { createTenant, isOver, type Tenant, violationsOf } from './tenants.ts';
import { startWorkers } from './worker-pool.ts';

export interface HistoriesOrder {
  /** Plays the histories, the CRMs and their troubles again; the moments of death are the machine's. */
  seed: number;
  /** Each is a tenant's, with a CRM of its own; the three kinds of CRM take turns. */
  histories: number;
  /** Events of each history; a few if left out. */
  length?: number;
  /** Processes at a time. */
  workers: number;
  /** For so long, milliseconds, workers are killed and the CRMs have troubles. */
  killingMs: number;
  /** After so long, milliseconds, what is still open stays so. */
  patienceMs: number;
  /** The bundle of `bundleWorker`. */
  program: string;
}

export interface HistoriesResult {
  violations: string[];
  events: number;
  kills: number;
  /** Merges that took effect. */
  effects: number;
}

const dynamodb = new DynamoDBClient();
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

export function closeClients(): void {
  dynamodb.destroy();
  sqs.destroy();
}

/** The service's real handlers in processes that are killed at random, over real sockets, until every history is over. */
export async function runHistories(order: HistoriesOrder): Promise<HistoriesResult> {
  const epoch = Date.now();
  const now = createFastClock(epoch);
  const name = `kill-${order.seed}-${epoch}`;
  const tables = { eventsTable: `${name}-events`, ledgerTable: `${name}-ledger` };
  const events = createDocuments({ client: dynamodb, table: tables.eventsTable, now, newId: randomUUID });
  const random = createSeededRandom(order.seed - 1);
  const tenants = Array.from({ length: order.histories }, (_, index) =>
    createTenant(order.seed, index, now, order.length),
  );
  const crms = new Map(tenants.map(({ order: { name: tenant }, crm }) => [tenant, crm]));
  const server = await startCrmServer(random, (tenant, request) => crms.get(tenant)?.answer(request));
  for (const table of Object.values(tables)) await createTable(dynamodb, table);
  const orders = tenants.map((tenant) => tenant.order);
  const told: WorkerOrder = {
    epoch,
    ...tables,
    queueUrl: await createQueue(name),
    crmUrl: server.url,
    tenants: orders,
  };
  const workers = startWorkers(order.program, told, random, order.workers);
  const calm = () => {
    workers.calm();
    server.calm();
  };
  try {
    const sending = tenants.flatMap((tenant) =>
      tenant.history.events.map((event) => send(tenant.order.name, event, tenant.random, { port: workers.port, now })),
    );
    await Promise.all([...sending, waitFor(tenants, events, order, calm)]);
    return await resultOf(tenants, events, workers.kills());
  } finally {
    await workers.stop();
    await server.close();
  }
}

async function createQueue(QueueName: string): Promise<string> {
  const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
}

/** Waits until every history has come to its end, or for as long as is reasonable. */
async function waitFor(
  tenants: Tenant[],
  events: Documents,
  { killingMs, patienceMs }: HistoriesOrder,
  calm: () => void,
): Promise<void> {
  const began = Date.now();
  let open = tenants;
  while (open.length > 0 && Date.now() - began < patienceMs) {
    await sleep(500);
    if (Date.now() - began > killingMs) calm();
    const over = await Promise.all(open.map((tenant) => isOver(tenant, events)));
    open = open.filter((_, index) => !over[index]);
  }
}

async function resultOf(tenants: Tenant[], events: Documents, kills: number): Promise<HistoriesResult> {
  const found = await Promise.all(tenants.map((tenant) => violationsOf(tenant, events)));
  return {
    violations: found.flat(),
    events: tenants.reduce((sum, { history }) => sum + history.events.length, 0),
    kills,
    effects: tenants.reduce((sum, { crm }) => sum + crm.effects.length, 0),
  };
}
