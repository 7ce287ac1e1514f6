import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import Ajv from 'ajv/dist/2020';
import schema from '../../docs/outcome.v1.schema.json';
import { createOutcomes } from '../../lib/aws/outcomes.ts';
import { StoreError } from '../../lib/errors.ts';
import type { Outcome } from '../../lib/ports.ts';
import { type RecordingServer, startRecordingServer } from '../contracts/recording-server.ts';
import { readPage } from '../docs/page.ts';

jest.setTimeout(60_000);

const BUS = 'merge-sync-prod-outcomes';
const TAKEN = { FailedEntryCount: 0, Entries: [{ EventId: 'b-1' }] };
const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  tenant: 'acme',
  eventId: 'e1',
  state: 'applied',
  survivorId: 'A',
  loserIds: ['B'],
  at: Date.UTC(2026, 0, 1),
  ...more,
});

const sqs = new SQSClient({ useQueueUrlAsEndpoint: false }); // The emulator's queue URLs name a host of its own.
let answer: { status: number; headers?: Record<string, string>; body: string };
let eventBridge: RecordingServer;
let queueUrl: string;

// EventBridge as its clients see it: JSON 1.1 over HTTP.
beforeAll(async () => {
  eventBridge = await startRecordingServer(() => answer);
  process.env.AWS_ENDPOINT_URL_EVENTBRIDGE = eventBridge.url;
});
beforeEach(async () => {
  answer = answerOf(TAKEN);
  eventBridge.requests.length = 0;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `bus-${randomUUID()}` }));
  queueUrl = QueueUrl;
});
afterAll(async () => {
  sqs.destroy();
  await eventBridge.close();
});

const answerOf = (body: object, status = 200) => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(body),
});

const publish = (one: Outcome, busName: string | undefined = BUS) =>
  createOutcomes({ client: sqs, queueUrl, busName }).publish(one);

async function onQueue(): Promise<string[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 1 }));
  return Messages.map(({ Body = '' }) => Body);
}

const puts = () => eventBridge.requests.map(({ body }) => JSON.parse(body));

it('promise 11: the bus gets what the queue gets, ids only, under the type and source that rules match by', async () => {
  await publish(outcome());
  const [{ Entries }, ...more] = puts();
  expect(more).toEqual([]);
  expect(eventBridge.requests[0]?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
  const { Detail, ...entry } = Entries[0];
  expect(entry).toEqual({
    EventBusName: BUS,
    Source: 'merge-sync',
    DetailType: 'contact.merge.concluded',
    Time: Date.UTC(2026, 0, 1) / 1000,
  });
  expect(await onQueue()).toEqual([Detail]);
});

it.each(['applied', 'skipped', 'undone'] as const)(
  'the rule that the page shows matches what is sent: %s',
  async (state) => {
    const rules = readPage('docs/operating.md').fences.flatMap(({ language, code }) =>
      language === 'json' ? JSON.parse(code) : [],
    );
    const rule = rules.find((one) => one['detail-type']);
    await publish(outcome({ state, tenant: 'main' }));
    const [{ Entries }] = puts();
    const { Source, DetailType, Detail } = Entries[0];
    expect(rule.source).toEqual([Source]);
    expect(rule['detail-type']).toContain(DetailType);
    const detail = JSON.parse(Detail);
    expect(Object.keys(rule.detail)).toEqual(['tenant', 'version']);
    for (const [name, values] of Object.entries<unknown[]>(rule.detail)) expect(values).toContain(detail[name]);
    expect(detail.type).toBe(DetailType);
  },
);

it('its detail is as the schema of its version says, however many losers there are', async () => {
  await publish(outcome({ loserIds: Array.from({ length: 9_000 }, () => `${'\u0001'.repeat(90)}${randomUUID()}`) }));
  const [{ Entries }] = puts();
  const validate = new Ajv({ validateFormats: false }).compile(schema);
  validate(JSON.parse(Entries[0].Detail));
  expect(validate.errors).toBeNull();
  // What EventBridge takes: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
  expect(Buffer.byteLength(Entries[0].Detail)).toBeLessThan(256 * 1024 - 1024);
});

it('without a bus EventBridge is not asked', async () => {
  await createOutcomes({ client: sqs, queueUrl, busName: undefined }).publish(outcome());
  await publish(outcome(), '');
  expect(eventBridge.requests).toEqual([]);
});

it.each([
  [
    'takes the request and not the event',
    { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'A and B' }] },
    200,
    'ThrottlingException',
  ],
  ['has no such bus', { __type: 'ResourceNotFoundException', message: 'no A' }, 400, 'ResourceNotFoundException'],
  ['is refused by IAM', { __type: 'AccessDeniedException', message: 'no A' }, 400, 'AccessDeniedException'],
])('promise 7: where it %s, the outcome was not told: it is sent again', async (_what, body, status, code) => {
  answer = answerOf(body, status);
  const told = publish(outcome());
  await expect(told).rejects.toThrow(StoreError);
  await expect(told).rejects.toThrow(`EventBridge: outcome not sent (${code})`);
});
