import type { APIGatewayProxyEventV2, Context, SQSEvent } from 'aws-lambda';
import { type RecordingServer, startRecordingServer } from '../contracts/recording-server.ts';
import { KEYS, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import sample from '../dustess/vectors/seed-plain.json';
import { ownTime } from './own-time.ts';
import { startSilentServer, startUnconnectable, type Unanswering } from './unanswering.ts';

const SERVICES = ['SSM', 'DYNAMODB', 'SQS'] as const;
type Service = (typeof SERVICES)[number];

const RECEIVE_MS = 10_000; // The time of the function `receive`.
const WORKER_MS = 60_000;
jest.setTimeout(120_000);

let answering: RecordingServer;
const unanswering: { [kind: string]: Unanswering } = {};
let minutesLater = 0;
let isStoreSilent = false;
const lines: string[] = [];

beforeAll(async () => {
  const settings = JSON.stringify({ keys: [KEYS], receiveIds: [RECEIVE_ID] });
  answering = await startRecordingServer(({ headers }) => {
    const isSsm = headers['x-amz-target']?.startsWith('AmazonSSM');
    if (isSsm && isStoreSilent) return 'silence';
    return { status: 200, body: isSsm ? JSON.stringify({ Parameter: { Value: settings } }) : '{"MessageId":"1"}' };
  });
  unanswering.silent = await startSilentServer();
  unanswering.unconnectable = await startUnconnectable();
  const { now } = Date;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + minutesLater * 60_000);
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  Object.assign(process.env, { TENANTS: 'main', EVENTS_TABLE: 'e', LEDGER_TABLE: 'l', SETTINGS_PREFIX: '/p' });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await Promise.all(Object.values(unanswering).map((one) => one.close()));
  await answering.close();
});

function pointTo(url: string, services: readonly Service[]): void {
  for (const service of services) process.env[`AWS_ENDPOINT_URL_${service}`] = url;
  const queue = process.env.AWS_ENDPOINT_URL_SQS;
  Object.assign(process.env, { QUEUE_URL: `${queue}/events`, OUTCOMES_QUEUE_URL: `${queue}/outcomes` });
}

/** A fresh process of the function, as far as its modules go. */
async function coldStart<T>(load: () => Promise<T>): Promise<T> {
  jest.resetModules();
  lines.length = 0;
  return load();
}

const context = { getRemainingTimeInMillis: () => WORKER_MS, awsRequestId: 'request-1' } as Context;
const loadReceive = () => import('../../functions/receive/index.ts');
type Receive = Awaited<ReturnType<typeof loadReceive>>['handler'];

async function post(handler: Receive) {
  const body = sealed(JSON.stringify({ ...sample.body, nonce: lines.length }), { timestamp: String(Date.now()) });
  const event = {
    requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' } },
    pathParameters: { tenant: 'main' },
    rawQueryString: '',
    body: JSON.stringify({ ...sample, id: 'e1', body }),
    isBase64Encoded: false,
  };
  let status: number | undefined;
  const ms = await ownTime(async () => {
    status = (await handler(event as unknown as APIGatewayProxyEventV2, context)).statusCode;
  });
  return { status, inTime: ms < RECEIVE_MS };
}

describe.each(['silent', 'unconnectable'])('services that are %s', (kind) => {
  const url = () => unanswering[kind]?.url ?? '';
  beforeEach(() => pointTo(answering.url, SERVICES));

  it('promise 2: a queue: code 1, and reconcile queues the event', async () => {
    pointTo(url(), ['SQS']);
    const { handler } = await coldStart(loadReceive);
    expect(await post(handler)).toEqual({ status: 200, inTime: true });
    expect(lines.join()).toContain('left-to-reconcile');
  });

  it('promise 2: a table: code 0, in time for the sender to try again', async () => {
    pointTo(url(), ['DYNAMODB']);
    const { handler } = await coldStart(loadReceive);
    expect(await post(handler)).toEqual({ status: 503, inTime: true });
  });

  it('a parameter store, and nothing in hand: code 0 in time', async () => {
    pointTo(url(), ['SSM']);
    const { handler } = await coldStart(loadReceive);
    expect(await post(handler)).toEqual({ status: 503, inTime: true });
  });

  it('all of them: code 0 in time', async () => {
    pointTo(url(), SERVICES);
    const { handler } = await coldStart(loadReceive);
    expect(await post(handler)).toEqual({ status: 503, inTime: true });
  });

  it('promise 7: apply gives the message back, and reconcile ends, in their time', async () => {
    pointTo(url(), SERVICES);
    const apply = await coldStart(() => import('../../functions/apply/index.ts'));
    const reconcile = await coldStart(() => import('../../functions/reconcile/index.ts'));
    const record = { messageId: '1', body: JSON.stringify({ tenant: 'main', eventId: 'e1' }) };
    const ended = Promise.allSettled([
      apply.handler({ Records: [record] } as SQSEvent, context),
      reconcile.handler({}, context),
    ]);
    expect(await ownTime(() => ended)).toBeLessThan(WORKER_MS);
    const [applied, reconciled] = await ended;
    expect(applied).toMatchObject({ value: { batchItemFailures: [{ itemIdentifier: '1' }] } });
    expect(reconciled.status).toBe('rejected');
  });
});

it('a parameter store that falls silent while settings are in hand: they serve, with a line in the log', async () => {
  pointTo(answering.url, SERVICES);
  const { handler } = await coldStart(loadReceive);
  expect(await post(handler)).toEqual({ status: 200, inTime: true });
  isStoreSilent = true;
  minutesLater = 19;
  expect(await post(handler)).toEqual({ status: 200, inTime: true });
  expect(lines.join()).toContain('settings-stale');
  minutesLater = 21;
  expect(await post(handler)).toEqual({ status: 503, inTime: true });
});
