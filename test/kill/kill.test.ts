import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createDocuments } from '../../lib/aws/documents.ts';
import { createTable } from '../aws/tables.ts';
import { createSeededRandom } from '../simulation/seeded-random.ts';
import { startCrmServer } from './crm-server.ts';
import { createFastClock } from './fast-clock.ts';
import { VISIBILITY_SECONDS, type WorkerOrder } from './orders.ts';
import { send } from './sender.ts';
import { createTenant, isOver, type Tenant, violationsOf } from './tenants.ts';
import { bundleWorker, startWorkers } from './worker-pool.ts';

// KILL_SEED=… plays the histories, the CRMs and their troubles again; the moments of death are the machine's.
const SEED = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1e9));
const HISTORIES = 36;
const WORKERS = 3;
const KILLING_MS = 20_000;
const PATIENCE_MS = 240_000;

const dynamodb = new DynamoDBClient();
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const epoch = Date.now();
const now = createFastClock(epoch);
const name = `kill-${epoch}`;
const tables = { eventsTable: `${name}-events`, ledgerTable: `${name}-ledger` };
const events = createDocuments({ client: dynamodb, table: tables.eventsTable, now, newId: randomUUID });
const bundle = bundleWorker();

afterAll(() => {
  bundle.remove();
  dynamodb.destroy();
  sqs.destroy();
});

async function createQueue(): Promise<string> {
  const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return QueueUrl;
}

/** Waits until every history has come to its end, or for as long as is reasonable. */
async function waitFor(tenants: Tenant[], calm: () => void): Promise<void> {
  const began = Date.now();
  let open = tenants;
  while (open.length > 0 && Date.now() - began < PATIENCE_MS) {
    await sleep(500);
    if (Date.now() - began > KILLING_MS) calm();
    const over = await Promise.all(open.map((tenant) => isOver(tenant, events)));
    open = open.filter((_, index) => !over[index]);
  }
}

it(`promises 4 to 8 hold with workers killed at random, over real sockets (KILL_SEED=${SEED})`, async () => {
  const random = createSeededRandom(SEED - 1);
  const tenants = Array.from({ length: HISTORIES }, (_, index) => createTenant(SEED, index, now));
  const crms = new Map(tenants.map(({ order, crm }) => [order.name, crm]));
  const server = await startCrmServer(random, (tenant, request) => crms.get(tenant)?.answer(request));
  for (const table of Object.values(tables)) await createTable(dynamodb, table);
  const orders = tenants.map(({ order }) => order);
  const order: WorkerOrder = { epoch, ...tables, queueUrl: await createQueue(), crmUrl: server.url, tenants: orders };
  const workers = startWorkers(bundle.program, order, random, WORKERS);
  const calm = () => {
    workers.calm();
    server.calm();
  };
  try {
    const door = { port: workers.port, now };
    const sending = tenants.flatMap((tenant) =>
      tenant.history.events.map((event) => send(tenant.order.name, event, tenant.random, door)),
    );
    await Promise.all([...sending, waitFor(tenants, calm)]);
    const found = await Promise.all(tenants.map((tenant) => violationsOf(tenant, events)));
    expect(found.flat()).toEqual([]);
    expect(workers.kills()).toBeGreaterThan(10);
    expect(tenants.flatMap(({ crm }) => crm.effects).length).toBeGreaterThan(HISTORIES);
  } finally {
    await workers.stop();
    await server.close();
  }
}, 300_000);
