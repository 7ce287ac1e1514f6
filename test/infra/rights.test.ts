import { randomBytes, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, Context, SQSEvent } from 'aws-lambda';
import { createDocuments } from '../../lib/aws/documents.ts';
import type { SealedBody } from '../../lib/dustess/sealed-body.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { listParameterOf } from '../../lib/tenant-list.ts';
import { type RecordingServer, startRecordingServer } from '../contracts/recording-server.ts';
import { KEYS, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import sample from '../dustess/vectors/seed-plain.json';
import { writeRecord } from '../ledger/raw-records.ts';
import { type RecordedAws, startRecordedAws } from './recorded-aws.ts';
import { RIGHTS } from './role-promises.ts';

// Lambda itself uses these: for the log, and to poll the queue for `apply`.
const USED_BY_LAMBDA = /^logs:|^sqs:(ReceiveMessage|DeleteMessage|ChangeMessageVisibility|GetQueueAttributes) /;
// Only for the parts of a large plan that another worker stored first.
const USED_IN_A_RACE = /^dynamodb:DeleteItem LedgerTable$/;

const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'request-1' } as Context;
const used: Record<string, string[]> = {};
const logged: string[] = [];
let aws: RecordedAws;
let crm: RecordingServer;
let crmStatus = 200;

// The real composition roots: what they call here is what they call in production.
beforeAll(async () => {
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => logged.push(String(line)) > 0);
  aws = await startRecordedAws();
  crm = await startRecordingServer(() => ({ status: crmStatus }));
  configure();
  used.Receive = await rightsUsedBy(receiveCallbacks);
  await storeUnqueued('forgotten');
  used.Reconcile = await rightsUsedBy(reconcileAll);
  used.Apply = await rightsUsedBy(applyEvents);
  await storeParked();
  used.Notify = await rightsUsedBy(tellRobots);
});

afterAll(async () => {
  jest.restoreAllMocks();
  await crm.close();
  await aws.close();
});

describe.each(['Receive', 'Apply', 'Reconcile', 'Notify'])('%s', (name) => {
  const asInRole = (right: string) => right.replace(/\/(main|outlet)\//, '/*/');

  it('promise 10: calls nothing that its role does not allow', () => {
    expect(used[name]).not.toEqual([]);
    expect(used[name]?.map(asInRole).filter((right) => !RIGHTS[name]?.includes(right))).toEqual([]);
  });

  it('promise 10: has no right that it never uses', () => {
    const unused = RIGHTS[name]?.filter((right) => !used[name]?.map(asInRole).includes(right));
    expect(unused?.filter((right) => !USED_BY_LAMBDA.test(right) && !USED_IN_A_RACE.test(right))).toEqual([]);
  });
});

it('each line of the log names the invocation it belongs to', () => {
  const ids = logged.map((line) => JSON.parse(line).awsRequestId);
  expect(new Set(ids)).toEqual(new Set(['request-1']));
  expect(ids.length).toBeGreaterThan(5);
});

function configure() {
  Object.assign(process.env, {
    TENANTS: 'main',
    EVENTS_TABLE: 'rights-events',
    LEDGER_TABLE: 'rights-ledger',
    QUEUE_URL: aws.queueUrl,
    OUTCOMES_QUEUE_URL: `${aws.queueUrl}-outcomes`,
    OUTCOMES_BUS: 'rights-outcomes',
    SETTINGS_PREFIX: '/merge-sync-dev',
    AWS_REGION: 'us-east-1',
  });
  const settings = { crm: { kind: 'http', endpoint: crm.url, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } };
  aws.parameters['/merge-sync-dev/main/door'] = JSON.stringify({ keys: [KEYS], receiveIds: [RECEIVE_ID] });
  const robot = { kind: 'wecom', url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-0000' };
  aws.parameters['/merge-sync-dev/notify'] = JSON.stringify({ robots: [robot] });
  aws.parameters['/merge-sync-dev/main/crm'] = JSON.stringify(settings);
  // One that came after the deployment.
  aws.parameters['/merge-sync-dev/outlet/door'] = JSON.stringify({ keys: [KEYS], receiveIds: [RECEIVE_ID] });
  aws.parameters['/merge-sync-dev/outlet/crm'] = JSON.stringify(settings);
  aws.parameters[listParameterOf('/merge-sync-dev', 'outlet')] = 'outlet';
}

async function rightsUsedBy(act: () => Promise<void>): Promise<string[]> {
  aws.takeRights();
  await act();
  return aws.takeRights();
}

/** Small and in several parts, repeated, and under another id: all that `receive` ever writes. */
async function receiveCallbacks() {
  const large = body({ mergedIDs: ['loser-1'], extra: bulk() });
  for (const id of ['large', 'large', 'another-id']) expect(await deliver(id, large)).toBe(200);
  expect(await deliver('small', body({ mainID: 'survivor-2', mergedIDs: ['loser-2'] }))).toBe(200);
  const changed = { ...sample.body.changed, remark: bulk() };
  expect(await deliver('long', body({ mainID: 'survivor-3', mergedIDs: ['loser-3'], changed }))).toBe(200);
  expect(await deliver('small', body({ mainID: 'survivor-4', mergedIDs: ['loser-4'] }), 'outlet')).toBe(200);
  expect(await deliver('small', body({}), 'stranger')).toBe(401);
}

async function storeUnqueued(eventId: string) {
  const client = new DynamoDBClient({});
  const events = createDocuments({ client, table: 'rights-events', now: Date.now, newId: randomUUID });
  const times = { receivedAt: 1, updatedAt: 1 };
  const record: EventRecord = { eventId, kind: 'merge', name: '', state: 'stored', digest: '', plan: 0, ...times };
  await writeRecord(events, 'main', record, { expected: 0, dueAt: 1 });
}

async function reconcileAll() {
  const { handler } = await import('../../functions/reconcile/index.ts');
  expect(await handler({}, context)).toEqual({ queued: 1, resumed: 0, requeued: 0, parked: 0 });
}

/** An event that is done, one so long that its plan is kept in parts, and one that waits because the CRM is down. */
async function applyEvents() {
  expect(await work('small')).toEqual({ batchItemFailures: [] });
  expect(await work('long')).toEqual({ batchItemFailures: [] });
  expect(await work('small', 'outlet')).toEqual({ batchItemFailures: [] });
  crmStatus = 503;
  expect(await work('large')).toEqual({ batchItemFailures: [] });
}

/** Its record is read for the reason. */
async function storeParked() {
  const client = new DynamoDBClient({});
  const events = createDocuments({ client, table: 'rights-events', now: Date.now, newId: randomUUID });
  const facts = {
    eventId: 'doubtful',
    kind: 'merge',
    name: '',
    digest: '',
    plan: 1,
    receivedAt: 1,
    updatedAt: 1,
  } as const;
  await writeRecord(events, 'main', { ...facts, state: 'parked', reason: 'cycle' }, { expected: 0, dueAt: 0 });
}

/** A digest of a day with a parked event. */
async function tellRobots() {
  const told: string[] = [];
  const real = globalThis.fetch;
  const spy = jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    if (!String(url).startsWith('https://qyapi.weixin.qq.com/')) return real(url, init);
    told.push(String(init?.body));
    return new Response('{"errcode":0,"errmsg":"ok"}');
  });
  const { handler } = await import('../../functions/notify/index.ts');
  const body = JSON.stringify({ 'detail-type': 'Scheduled Event', time: '2026-11-27T01:07:00Z' });
  expect(await handler({ Records: [{ messageId: '1', body }] } as SQSEvent, context)).toEqual({
    batchItemFailures: [],
  });
  expect(told).toEqual([expect.stringContaining('cycle')]);
  spy.mockRestore();
}

/** More than one DynamoDB item holds, however it is compressed. */
const bulk = () => randomBytes(900_000).toString('base64');

function body(changes: object) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return sealed(JSON.stringify({ ...sample.body, ...changes }), { timestamp });
}

async function deliver(id: string, sealedBody: SealedBody, tenant = 'main'): Promise<number | undefined> {
  const { handler } = await import('../../functions/receive/index.ts');
  const event = {
    requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' } },
    pathParameters: { tenant },
    rawQueryString: '',
    body: JSON.stringify({ ...sample, id, body: sealedBody }),
    isBase64Encoded: false,
  };
  return (await handler(event as unknown as APIGatewayProxyEventV2, context)).statusCode;
}

async function work(eventId: string, tenant = 'main') {
  const { handler } = await import('../../functions/apply/index.ts');
  const record = { messageId: '1', body: JSON.stringify({ tenant, eventId }) };
  return handler({ Records: [record] } as SQSEvent, context);
}
