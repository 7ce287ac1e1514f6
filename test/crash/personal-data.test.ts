import { DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { unpack } from '../../lib/aws/packing.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createLog } from '../../lib/log.ts';
import { type RecordedRequest, type ScriptedAnswer, startRecordingServer } from '../contracts/recording-server.ts';
import { KEYS, mergeBody, sealedEnvelope } from '../local/sender.ts';
import { createFailingStores } from './failing-stores.ts';
import {
  CONTEXT,
  callbackEvent,
  createResources,
  createService,
  PATIENCE_MS,
  type Resources,
  recordOf,
  type Service,
} from './service.ts';

const TENANT = 'main';
const PEOPLE = ['13912345678', '欧阳测试', '110101199003078888', 'a note about her', 'ouyang@example.com'];
const [MOBILE = '', NAME = '', ID_CARD = '', NOTE = '', EMAIL = ''] = PEOPLE;
const PERSON: JsonObject = {
  remark: NOTE,
  name: NAME,
  idCard: ID_CARD,
  email: EMAIL,
  mobiles: [MOBILE],
  mobileList: [{ tel: MOBILE, type: 'mobile' }],
  customFields: [{ id: 'field1', type: 'text', value: JSON.stringify(NAME) }],
};
const EVENT = { changed: PERSON, old: PERSON, mergedContacts: [PERSON] };

/** As they stand, and in every dress that a log line or URL could put on them. */
const NEEDLES = PEOPLE.flatMap((text) => [
  text,
  encodeURIComponent(text),
  JSON.stringify(text).slice(1, -1),
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
  Buffer.from(text).toString('hex'),
]);

jest.setTimeout(PATIENCE_MS);

const tell = (text: string) => NEEDLES.filter((needle) => text.includes(needle));

let resources: Resources;
let lines: string[];
let requests: RecordedRequest[];
let answer: ScriptedAnswer;
let service: Service;
/** For a CRM that never answers; any other would be too slow for it on a busy machine. */
let impatient: Service;
let close: () => Promise<void>;
let options: Parameters<typeof createService>[0];

beforeAll(async () => {
  resources = await createResources();
  const crm = await startRecordingServer(() => answer);
  ({ requests, close } = crm);
  const tenants = (timeoutMs: number) => ({
    [TENANT]: {
      keys: KEYS,
      crm: { timeoutMs, endpoint: `${crm.url}/merges`, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    },
  });
  lines = [];
  options = { resources, tenants: tenants(25_000), log: createLog((line) => lines.push(line), Date.now) };
  service = createService(options);
  impatient = createService({ ...options, tenants: tenants(300) });
});
afterAll(() => close());
beforeEach(() => {
  lines.length = 0;
  requests.length = 0;
  answer = { status: 200 };
});

const receive = (body: string, by = service) => by.receive(callbackEvent(TENANT, body));

/** Everything that is in the queue, taken out of it; waits for an event's message, which rests for a second. */
async function drainQueue(until?: string): Promise<Message[]> {
  const taken: Message[] = [];
  for (;;) {
    const isHere = until === undefined || taken.some(({ Body = '' }) => JSON.parse(Body).eventId === until);
    const receiving = new ReceiveMessageCommand({
      QueueUrl: resources.queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: isHere ? 0 : 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    const { Messages = [] } = await service.sqs.send(receiving);
    if (isHere && Messages.length === 0) return taken;
    taken.push(...Messages);
    for (const { ReceiptHandle } of Messages)
      await service.sqs.send(new DeleteMessageCommand({ QueueUrl: resources.queueUrl, ReceiptHandle }));
  }
}

async function receiveAndApply(id: string, by = service) {
  const received = await receive(sealedEnvelope(id, mergeBody(`${id}-main`, [`${id}-loser`], EVENT)), by);
  const messages = await drainQueue(id);
  const Records = messages.map(({ Body }, index) => ({ messageId: String(index), body: Body }));
  const applied = await by.apply({ Records } as never, CONTEXT);
  return { received, messages, applied };
}

describe('promise 11: nothing about people leaves the tables and the body of the command', () => {
  it('when all goes well: not in logs, in the queue, in the URL or headers, in the event’s record or its journal', async () => {
    const { messages } = await receiveAndApply('well');
    const record = await recordOf(service.events, TENANT, 'well');
    expect(record?.state).toBe('applied');
    expect(requests).toHaveLength(1);
    expect(tell(requests[0]?.body ?? '')).toEqual(expect.arrayContaining([MOBILE, NAME, NOTE, EMAIL]));
    expect(requests[0]?.body).not.toContain(ID_CARD); // Left out unless a tenant wants it.
    expect(messages.map(({ Body }) => Body)).toEqual([JSON.stringify({ tenant: TENANT, eventId: 'well' })]);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    const journal = record && (await service.ledgerOf(TENANT).journal.read(record));
    const { url, headers } = requests[0] ?? {};
    expect(tell(JSON.stringify({ lines, messages, url, headers, record, journal }))).toEqual([]);
  });

  const refused: [string, () => string][] = [
    ['a foreign signature', () => sealedEnvelope('no', mergeBody('a', ['b'], EVENT), { ...KEYS, token: 'foreign' })],
    ['plain text', () => JSON.stringify({ id: 'no', event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body: PERSON })],
    ['no envelope', () => JSON.stringify(PERSON)],
    ['no JSON', () => `${NAME},${MOBILE}`],
    ['people where names of fields should be', () => JSON.stringify({ [NAME]: MOBILE, body: { encrypt: NAME } })],
  ];
  it.each(refused)('in the refusal of %s', async (_what, make) => {
    const answered = await receive(make());
    expect(answered.statusCode).toBeGreaterThanOrEqual(400);
    expect(lines).toHaveLength(1);
    expect(tell(JSON.stringify({ lines, answered }))).toEqual([]);
  });

  it('when a genuine event cannot be read: the field is named, its value is not', async () => {
    const body = { ...mergeBody('x', ['y'], EVENT), mainID: { of: NAME }, mergedIDs: MOBILE };
    await receive(sealedEnvelope('unreadable', body));
    const record = await recordOf(service.events, TENANT, 'unreadable');
    expect(record).toMatchObject({ state: 'parked', reason: 'unreadable:mainID' });
    expect(tell(JSON.stringify({ lines, record }))).toEqual([]);
  });

  const echo = JSON.stringify({ code: MOBILE, error: `${NAME} has no ${EMAIL}`, ...PERSON });
  const failing: [string, ScriptedAnswer][] = [
    ['refuses for good', { status: 400, body: echo }],
    ['contradicts', { status: 409, body: echo }],
    ['does not let us in', { status: 401, body: echo }],
    ['fails', { status: 500, body: echo }],
    ['is busy', { status: 429, headers: { 'retry-after': NAME.length.toString() }, body: echo }],
    ['sends us elsewhere', { status: 302, headers: { location: `/${MOBILE}` }, body: echo }],
    ['answers what is no JSON', { status: 422, body: `<p>${NAME}</p>` }],
    ['hangs up', 'hang-up'],
    ['hangs up in the middle of its answer', 'hang-up-in-body'],
    ['says nothing', 'silence'],
  ];
  it.each(failing)('when the CRM %s and quotes them', async (what, scripted) => {
    answer = scripted;
    const id = `crm-${what.replaceAll(/\W/g, '-')}`;
    const { messages } = await receiveAndApply(id, scripted === 'silence' ? impatient : service);
    const record = await recordOf(service.events, TENANT, id);
    expect(['parked', 'waiting']).toContain(record?.state);
    const journal = record ? await service.ledgerOf(TENANT).journal.read(record) : [];
    expect(journal.length).toBeGreaterThan(0);
    expect(tell(JSON.stringify({ lines, messages, record, journal, later: await drainQueue() }))).toEqual([]);
  });

  it('when a store fails with an error that quotes what it choked on', async () => {
    const choke = { before: 0, after: 0 };
    const { between } = createFailingStores(
      () => 0,
      choke,
      () => new Error(`cannot store ${NAME} ${MOBILE}`),
    );
    const failingService = createService({ ...options, between });
    await receiveAndApply('stored-well');
    choke.before = 1;
    const answered = await receive(sealedEnvelope('choked', mergeBody('a', ['b'], EVENT)), failingService);
    expect(answered.statusCode).toBe(503);
    const record = { messageId: '1', body: JSON.stringify({ tenant: TENANT, eventId: 'stored-well' }) };
    await failingService.apply({ Records: [record] } as never, CONTEXT);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(tell(JSON.stringify({ lines, answered }))).toEqual([]);
  });

  it('and what is kept for ever holds nothing about them either, only what expires does; no identity number is kept at all', async () => {
    const items = (await Promise.all([resources.eventsTable, resources.ledgerTable].map(itemsOf))).flat();
    const withPeople = items.filter(({ text }) => tell(text).length > 0);
    expect(withPeople.length).toBeGreaterThan(10);
    expect(withPeople.filter(({ expires }) => !expires)).toEqual([]);
    expect(items.filter(({ expires }) => !expires).length).toBeGreaterThan(10);
    expect(items.filter(({ text }) => text.includes(ID_CARD))).toEqual([]);
  });
});

/** Every item of a table as text, unpacked. */
async function itemsOf(TableName: string): Promise<{ key: string; text: string; expires: boolean }[]> {
  const client = new DynamoDBClient();
  const items: NonNullable<ScanCommandOutput['Items']> = [];
  let ExclusiveStartKey: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page = await client.send(new ScanCommand({ TableName, ...(ExclusiveStartKey && { ExclusiveStartKey }) }));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  client.destroy();
  return items.map(({ pk, sk, ttl, z, ...rest }) => ({
    key: `${pk?.S} ${sk?.S}`,
    text: `${pk?.S} ${sk?.S} ${JSON.stringify(rest)} ${z?.B ? unpack(z.B) : ''}`,
    expires: ttl !== undefined,
  }));
}
