import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createHandler as createApply } from '../../functions/apply/handler.ts';
import { createHandler as createReceive } from '../../functions/receive/handler.ts';
import { createHandler as createReconcile } from '../../functions/reconcile/handler.ts';
import { createDocuments } from '../../lib/aws/documents.ts';
import { createQueue, createUntracedClient } from '../../lib/aws/queue.ts';
import { createCommandHttpCrm } from '../../lib/crm/http/command-http.ts';
import { createHubspotCrm } from '../../lib/crm/hubspot/hubspot.ts';
import { createEventLedger, createLedger } from '../../lib/ledger/ledger.ts';
import { startPoller } from '../../lib/local/poller.ts';
import { createLog } from '../../lib/log.ts';
import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';
import type { TenantCrm } from '../../lib/merge/tenant-crm.ts';
import type { Crm, Queue } from '../../lib/ports.ts';
import { KEYS, RECEIVE_ID } from '../dustess/sealing.ts';
import { DEFAULT_POLICY } from '../merge/default-policy.ts';
import { createFastClock, SPEED } from './fast-clock.ts';
import { createHttpRecordCrm } from './http-record-crm.ts';
import { CALL_TIMEOUT_MS, FUNCTION_MS, MAPPING, type TenantOrder, TIMING, type WorkerOrder } from './orders.ts';

/** The whole service in one process, with the real handlers and adapters: made to be killed at any moment. */
const order = JSON.parse(process.env.KILL ?? '') as WorkerOrder;
const now = createFastClock(order.epoch);
const log = createLog((line) => process.env.KILL_LOG && process.stderr.write(`${process.pid} ${line}\n`), now);
const client = new DynamoDBClient();
const sqs = createUntracedClient({ useQueueUrlAsEndpoint: false });
const documents = (table: string) => createDocuments({ client, table, now, newId: randomUUID });
const events = documents(order.eventsTable);
const slow = createQueue({ client: sqs, queueUrl: order.queueUrl, fair: true });
const queue: Queue = { send: (pointer, delaySeconds = 0) => slow.send(pointer, delaySeconds / SPEED) };
const tenants = new Map(order.tenants.map((tenant) => [tenant.name, openTenant(tenant)]));

function openTenant({ name, kind, rules, whenMissing }: TenantOrder): TenantCrm {
  const mapping = createFieldMapping(name, MAPPING);
  return { crm: openCrm(name, kind, rules), policy: { ...DEFAULT_POLICY, whenMissing }, mapping };
}

function openCrm(name: string, kind: TenantOrder['kind'], rules: TenantOrder['rules']): Crm {
  const baseUrl = `${order.crmUrl}/${name}`;
  const parts = { fetch, now, timeoutMs: CALL_TIMEOUT_MS };
  if (kind === 'command')
    return createCommandHttpCrm({ endpoint: baseUrl, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', ...parts });
  if (kind === 'record' && rules) return createHttpRecordCrm({ baseUrl, rules, timeoutMs: CALL_TIMEOUT_MS });
  return createHubspotCrm({ baseUrl, token: 'pat-test', sleep: (ms) => sleep(ms / SPEED), ...parts });
}

const receive = createReceive({
  ledger: (tenant) => createEventLedger(events, tenant),
  queue,
  settings: async (tenant) =>
    tenants.has(tenant) ? { keys: [KEYS], receiveIds: [RECEIVE_ID], maxAgeSeconds: 86_400, omitFields: [] } : undefined,
  now,
  log,
  timing: { ...TIMING, payloadMs: 90 * 86_400_000 },
});

const tables = { events, ledger: documents(order.ledgerTable) };
const apply = createApply({
  ledger: (tenant) => createLedger(tables, tenant),
  queue,
  tenantCrm: async (name) => {
    const tenant = tenants.get(name);
    if (!tenant) throw new Error(`there is no tenant ${name}`);
    return tenant;
  },
  now,
  newId: randomUUID,
  random: Math.random,
  log,
  timing: TIMING,
});

const reconcile = createReconcile({
  ledger: (tenant) => createEventLedger(events, tenant),
  queue,
  now,
  log,
  tenants: [...tenants.keys()],
  timing: TIMING,
});

const gateway = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = await receive({
    requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' } },
    pathParameters: { tenant: request.url?.slice(1) },
    rawQueryString: '',
    body: Buffer.concat(chunks).toString('utf8'),
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2);
  response.writeHead(answer.statusCode ?? 500).end(answer.body);
});

gateway.listen(0, '127.0.0.1', () => process.send?.((gateway.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
startPoller({
  client: sqs,
  queueUrl: order.queueUrl,
  handler: apply,
  concurrency: 3,
  batchSize: 3,
  functionMs: FUNCTION_MS,
  ownQueue: true,
  now,
});
const context = { getRemainingTimeInMillis: () => FUNCTION_MS };
setInterval(() => void reconcile({}, context).catch(() => undefined), 1_500);
