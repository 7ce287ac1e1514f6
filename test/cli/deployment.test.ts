import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createQueues, createTables } from '../../lib/local/resources.ts';
import {
  type RecordedRequest,
  type RecordingServer,
  type ScriptedAnswer,
  startRecordingServer,
} from '../contracts/recording-server.ts';
import { callbackEvent, createService } from '../crash/service.ts';
import { KEYS, mergeBody, sealedEnvelope } from '../local/sender.ts';
import { run } from './console.ts';

jest.setTimeout(300_000);

const PREFIX = `cli-${randomUUID()}`;
const PARAMETERS = ['main/door', 'main/crm', 'outlet/door', 'outlet/crm', 'main/door/old', 'not-a-tenant'];
const HEADERS = { 'content-type': 'application/x-amz-json-1.1' };

let ssm: RecordingServer;
let answer: ScriptedAnswer | undefined;

const SHARED = { keys: [{ token: 'one', encodingAesKey: 'a'.repeat(43) }], receiveIds: ['*'] };
let values: Record<string, object | string> = {};

/** Parameter Store as far as a list of names goes, two pages of it, and single values. */
function parameters({ body, headers }: RecordedRequest): ScriptedAnswer {
  const isList = headers['x-amz-target']?.endsWith('.GetParametersByPath');
  if (!isList) return oneParameter(JSON.parse(body).Name);
  if (answer) return answer;
  const { Path, NextToken, WithDecryption } = JSON.parse(body);
  expect([Path, WithDecryption]).toEqual([`/${PREFIX}`, false]);
  const names = NextToken ? PARAMETERS.slice(2) : PARAMETERS.slice(0, 2);
  const Parameters = names.map((name) => ({ Name: `/${PREFIX}/${name}`, Type: 'SecureString', Value: 'sealed' }));
  return {
    status: 200,
    headers: HEADERS,
    body: JSON.stringify({ Parameters, ...(!NextToken && { NextToken: 'more' }) }),
  };
}

function oneParameter(Name: string): ScriptedAnswer {
  const value = values[Name.slice(PREFIX.length + 2)];
  const missing = { status: 400, headers: HEADERS, body: JSON.stringify({ __type: 'ParameterNotFound' }) };
  if (value === undefined) return missing;
  const Value = typeof value === 'string' ? value : JSON.stringify(value);
  return { status: 200, headers: HEADERS, body: JSON.stringify({ Parameter: { Name, Value } }) };
}

beforeAll(async () => {
  ssm = await startRecordingServer(parameters);
  process.env.AWS_ENDPOINT_URL_SSM = ssm.url;
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const tables = { eventsTable: `${PREFIX}-events`, ledgerTable: `${PREFIX}-ledger` };
  await createTables(new DynamoDBClient(), Object.values(tables));
  const queues = await createQueues(sqs, { name: `${PREFIX}-events`, visibilitySeconds: 30 });
  const crm = { endpoint: 'http://127.0.0.1:65530/merges', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
  const service = createService({ resources: { ...tables, ...queues }, tenants: { main: { keys: KEYS, crm } } });
  for (const number of [1, 2, 3, 4]) {
    const body = { ...mergeBody('a', ['b']), mainID: { number } };
    await service.receive(callbackEvent('main', sealedEnvelope(`unreadable-${number}`, body)));
  }
  await service.receive(callbackEvent('main', sealedEnvelope('on-its-way', mergeBody('a', ['b']))));
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_SSM;
  await ssm.close();
});
beforeEach(() => {
  answer = undefined;
  values = {};
  ssm.requests.length = 0;
});

const onDeployment = (...args: string[]) => run([...args, '--prefix', PREFIX], { env: { USER: 'lin' } });

describe('events', () => {
  it('says how many there are where it shows fewer', async () => {
    const { code, out, err } = await onDeployment('events', '--limit', '2');
    expect(out.split('\n')).toHaveLength(2);
    expect(err).toBe('2 of 4 parked, the oldest: --limit shows more');
    expect(code).toBe(0);
    const json = await onDeployment('events', '--limit', '3', '--json');
    expect(JSON.parse(json.out)).toHaveLength(3);
    expect(json.err).toContain('3 of 4 parked');
  });

  it('says how many there are where it shows all', async () => {
    expect(await onDeployment('events')).toMatchObject({ code: 0, err: '4 parked' });
    expect(await onDeployment('events', '--limit', '4')).toMatchObject({ code: 0, err: '4 parked' });
    expect(await onDeployment('events', '--limit', '4', '--json')).toMatchObject({ code: 0, err: '' });
    expect(await onDeployment('events', '--state', 'open')).toMatchObject({ code: 0, err: '1 open' });
  });

  it.each(['0', '-1', '2.5', '1e2', 'many', '', '100001'])('takes no limit of %j', async (limit) => {
    const { code, out, err } = await onDeployment('events', '--limit', limit);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('a whole number from 1 to 100000');
  });
});

describe('a tenant that the deployment does not have', () => {
  it.each([
    [['events']],
    [['events', '--state', 'held', '--json']],
    [['show', 'unreadable-1']],
    [['who', 'a']],
    [['replay', '--all']],
    [['replay', 'unreadable-1']],
    [['release', '--all']],
    [['settle', 'unreadable-1', '--done']],
  ])('%j is an error with the names there are', async (args) => {
    const { code, err } = await onDeployment(...args, '--tenant', 'mian');
    expect(err).toContain('this deployment has no tenant mian: its tenants are main, outlet, by the parameters');
    expect(code).toBe(2);
  });

  it('is told from one that has no events yet', async () => {
    const { code, err } = await onDeployment('events', '--tenant', 'outlet');
    expect([code, err]).toEqual([0, 'no event is parked']);
  });

  it('is not looked for where something was found', async () => {
    await onDeployment('events');
    await onDeployment('show', 'unreadable-1');
    expect(ssm.requests).toEqual([]);
  });

  it('cannot be told without the right to list parameters, and that is said', async () => {
    const body = JSON.stringify({ __type: 'AccessDeniedException', message: 'arn:aws:iam::123456789012:user/secret' });
    answer = { status: 400, headers: HEADERS, body };
    const { code, err } = await onDeployment('events', '--tenant', 'mian');
    expect(err).toContain('whether there is a tenant mian cannot be checked (AccessDeniedException');
    expect(err).toContain('no event is parked');
    expect(err).not.toContain('secret');
    expect(code).toBe(0);
  });
});

describe('doctor', () => {
  const door = (more: object) => ({ ...SHARED, ...more });
  const SAME = 'WARN   door keys: the same Token and EncodingAESKey as outlet';

  it('warns about keys that another tenant has too', async () => {
    values = { 'main/door': door({}), 'outlet/door': door({}) };
    expect((await onDeployment('doctor')).out).toContain(SAME);
    expect((await onDeployment('doctor', '--tenant', 'outlet')).out).toContain(SAME.replace('outlet', 'main'));
  });

  it.each<[string, Record<string, object | string>]>([
    [
      'of their own',
      { 'main/door': door({}), 'outlet/door': door({ keys: [{ token: 'x', encodingAesKey: 'b'.repeat(43) }] }) },
    ],
    [
      'and accounts of their own',
      { 'main/door': door({ accounts: ['W1'] }), 'outlet/door': door({ accounts: ['W2'] }) },
    ],
    ['that cannot be read', { 'main/door': door({}), 'outlet/door': '{"keys":' }],
    ['that are not there', { 'main/door': door({}) }],
  ])('does not where the other has keys %s', async (_, given) => {
    values = given;
    const { out } = await onDeployment('doctor');
    expect(out).toContain('ok     door settings: 1 key pair(s)');
    expect(out).not.toContain('door keys');
  });

  it('says so where it may not list the tenants', async () => {
    values = { 'main/door': door({}) };
    answer = { status: 400, headers: HEADERS, body: JSON.stringify({ __type: 'AccessDeniedException' }) };
    const { out } = await onDeployment('doctor');
    expect(out).toContain('WARN   door keys: whether another tenant has the same keys cannot be checked');
    expect(out).toContain('ssm:GetParametersByPath');
  });

  it('names each parameter that is missing', async () => {
    const { code, out } = await onDeployment('doctor');
    expect(out).toContain(`WRONG  door settings: there is no parameter /${PREFIX}/main/door`);
    expect(out).toContain(`WRONG  CRM settings: there is no parameter /${PREFIX}/main/crm`);
    expect(code).toBe(1);
  });
});

describe('replay', () => {
  it.each([
    [
      ['replay', '--all', '--reason', 'crm-atuh'],
      'no parked event can have the reason crm-atuh: did you mean crm-auth',
    ],
    [['release', '--all', '--reason', 'crm-auth'], 'they are tenant-hour-limit, survivor-day-limit'],
    [['replay', 'unreadable-1', '--reason', 'crm-auth'], '--reason goes with --all only'],
  ])('%j is refused: it would match nothing', async (args, problem) => {
    const { code, err } = await onDeployment(...args);
    expect(err).toContain(problem);
    expect(code).toBe(2);
  });

  it('names the reasons that there are where none fits', async () => {
    const { code, err } = await onDeployment('replay', '--all', '--reason', 'crm-refused:TOO_MANY');
    expect(err).toContain('no parked event has the reason crm-refused:TOO_MANY; theirs are unreadable:mainID');
    expect(err).toContain('0 queued');
    expect(code).toBe(0);
  });
});

describe('who and show', () => {
  it('an unknown contact is unknown', async () => {
    const { code, out, err } = await onDeployment('who', 'nobody');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('contact nobody is unknown: no merge of tenant main has named it so far');
    expect(await onDeployment('who', 'nobody', '--json')).toMatchObject({ code: 1, out: '[]' });
  });

  it('an unknown event is unknown', async () => {
    expect(await onDeployment('show', 'unheard-of')).toMatchObject({
      code: 1,
      out: '',
      err: 'merge-sync: tenant main has no event unheard-of',
    });
  });

  it('an event that has no plan yet shows its contacts', async () => {
    const { out } = await onDeployment('show', 'on-its-way');
    expect(out).toContain('survivor a\n  loser    b');
    const { contacts } = JSON.parse((await onDeployment('show', 'on-its-way', '--json')).out);
    expect(contacts).toEqual({ survivorId: 'a', loserIds: ['b'] });
  });

  it('values go with JSON only', async () => {
    const { code, out, err } = await onDeployment('show', 'on-its-way', '--values');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('--values goes with --json only');
  });
});
