import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createHandler as createApply } from '../../functions/apply/handler.ts';
import { createHandler as createReceive } from '../../functions/receive/handler.ts';
import { createHandler as createReconcile } from '../../functions/reconcile/handler.ts';
import { createDocuments } from '../../lib/aws/documents.ts';
import { createQueue } from '../../lib/aws/queue.ts';
import { type IntakeSettings, IntakeSettingsSchema, readSettings } from '../../lib/config.ts';
import { createTenantCrm } from '../../lib/crm/registry.ts';
import { ConfigError } from '../../lib/errors.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createEventLedger, createLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING, type Timing } from '../../lib/ledger/timing.ts';
import { createQueues, createTables } from '../../lib/local/resources.ts';
import { createLog, type Log } from '../../lib/log.ts';
import type { Documents, Fetch, Now, Queue } from '../../lib/ports.ts';
import { readRecord } from '../ledger/raw-records.ts';
import type { Keys } from '../local/sender.ts';

/** Tables and queues of one test file, in the emulators that all test files share. */
export interface Resources {
  eventsTable: string;
  ledgerTable: string;
  queueUrl: string;
  deadLetterQueueUrl: string;
}

// Long enough that a slow machine is not taken for a worker that died: a test that wants a redelivery makes it itself.
const VISIBILITY_SECONDS = 120;

/** For what takes seconds on an idle machine: a busy one may take a hundred times as long. */
export const PATIENCE_MS = 600_000;

export async function createResources(visibilitySeconds = VISIBILITY_SECONDS): Promise<Resources> {
  const [dynamodb, sqs] = [new DynamoDBClient(), new SQSClient({ useQueueUrlAsEndpoint: false })];
  const name = `crash-${randomUUID()}`;
  const resources = { eventsTable: `${name}-events`, ledgerTable: `${name}-ledger` };
  await createTables(dynamodb, [resources.eventsTable, resources.ledgerTable]);
  return { ...resources, ...(await createQueues(sqs, { name, visibilitySeconds })) };
}

export interface TenantSettings {
  keys: Keys;
  crm: { endpoint: string; secret: string; timeoutMs?: number };
  policy?: object;
}

export interface ServiceOptions {
  resources: Resources;
  tenants: Record<string, TenantSettings>;
  now?: Now;
  /** The clock of its calls at the CRM, where that is another. */
  crmNow?: Now;
  fetch?: Fetch;
  log?: Log;
  timing?: Partial<Timing>;
  clients?: { dynamodb: DynamoDBClient; sqs: SQSClient };
  /** Puts something between the handlers and their stores. */
  between?: { documents(real: Documents): Documents; queue(real: Queue): Queue };
}

export type Service = ReturnType<typeof createService>;

const PAYLOAD_MS = 90 * 86_400_000;
const untouched = { documents: (real: Documents) => real, queue: (real: Queue) => real };

/** The three real handlers with the real adapters, as their composition roots join them; for any number of tenants. */
export function createService(options: ServiceOptions) {
  const { resources, tenants, now = Date.now, between = untouched } = options;
  const { dynamodb, sqs } = options.clients ?? newClients();
  const documents = (table: string) =>
    between.documents(createDocuments({ client: dynamodb, table, now, newId: randomUUID }));
  const events = documents(resources.eventsTable);
  const ledger = documents(resources.ledgerTable);
  const queue = between.queue(createQueue({ client: sqs, queueUrl: resources.queueUrl, fair: false }));
  const log = options.log ?? createLog(() => undefined, now);
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const parts = { fetch: options.fetch ?? fetch, now: options.crmNow ?? now, sleep, ledger };
  const crms = new Map(Object.entries(tenants).map(([name, one]) => [name, crmOf(name, one, parts)]));
  const doors = new Map(Object.entries(tenants).map(([name, one]) => [name, doorOf(name, one)]));
  const deps = { queue, now, log };
  const eventLedger = (tenant: string) => createEventLedger(events, tenant);
  const fullLedger = (tenant: string) => createLedger({ events, ledger }, tenant);
  return {
    ...deps,
    events,
    ledgerOf: fullLedger,
    sqs,
    receive: createReceive({
      ...deps,
      ledger: eventLedger,
      settings: async (tenant) => doors.get(tenant),
      timing: { ...timing, payloadMs: PAYLOAD_MS },
    }),
    apply: createApply({
      ...deps,
      ledger: fullLedger,
      tenantCrm: async (tenant) => {
        const crm = await crms.get(tenant);
        if (!crm) throw new ConfigError(`tenant ${tenant} is not there`);
        return crm;
      },
      newId: randomUUID,
      random: Math.random,
      timing,
    }),
    reconcile: createReconcile({ ...deps, ledger: eventLedger, tenants: Object.keys(tenants), timing }),
  };
}

export const newClients = () => ({
  dynamodb: new DynamoDBClient(),
  sqs: new SQSClient({ useQueueUrlAsEndpoint: false }),
});

function crmOf(tenant: string, { crm, policy }: TenantSettings, parts: Parameters<typeof createTenantCrm>[2]) {
  return createTenantCrm(tenant, { crm: { kind: 'http', ...crm }, ...(policy && { policy }) }, parts);
}

function doorOf(tenant: string, { keys }: TenantSettings): IntakeSettings {
  const { token, encodingAesKey, receiveId } = keys;
  return readSettings(IntakeSettingsSchema, tenant, { keys: [{ token, encodingAesKey }], receiveIds: [receiveId] });
}

/** A POST as API Gateway hands it over, with what the handler looks at. */
export function callbackEvent(tenant: string, body: string): APIGatewayProxyEventV2 {
  return {
    rawQueryString: '',
    pathParameters: { tenant },
    requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } },
    body,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
}

export const isAccepted = (answer: APIGatewayProxyStructuredResultV2) =>
  answer.statusCode === 200 && answer.body === '{"code":1,"msg":"成功"}';

/** Plenty of time: these tests are not about the function's time-out. */
export const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

export async function recordOf(events: Documents, tenant: string, eventId: string): Promise<EventRecord | undefined> {
  return (await readRecord(events, tenant, eventId))?.value;
}

const FINAL = ['applied', 'skipped', 'ignored', 'parked'];

/** One after the other, so that looking does not slow down what is looked at. @throws naming the first one that is late. */
export async function untilFinal(
  events: Documents,
  tenant: string,
  ids: string[],
  withinMs = PATIENCE_MS,
): Promise<void> {
  const until = Date.now() + withinMs;
  for (const [index, id] of ids.entries())
    for (;;) {
      const state = (await recordOf(events, tenant, id))?.state ?? 'unknown';
      if (FINAL.includes(state)) break;
      if (Date.now() > until) throw new Error(`${id} is still ${state}; ${index} of ${ids.length} are final`);
      await sleep(50);
    }
}

/** Until no message waits, is under way or is delayed: then no worker is in the middle of an event. */
export async function untilQueueIsEmpty(sqs: SQSClient, queueUrl: string): Promise<void> {
  const asking = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] });
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    const { Attributes = {} } = await sqs.send(asking);
    const left = COUNTS.map((name) => Number(Attributes[name] ?? Number.NaN));
    if (left.every((count) => count === 0)) return;
    if (!(Date.now() < until)) throw new Error(`the queue still has ${left.join(' + ')} messages`);
  }
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;
