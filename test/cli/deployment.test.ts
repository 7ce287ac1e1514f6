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
    expect(err).toBe('2 of 4 parked, the oldest: --limit shows more\nthe next ones: --next unreadable-2');
    expect(code).toBe(0);
    const json = await onDeployment('events', '--limit', '3', '--json');
    expect(JSON.parse(json.out)).toHaveLength(3);
    expect(json.err).toContain('3 of 4 parked');
  });

  it('says how many there are where it shows all, with --json too', async () => {
    expect(await onDeployment('events')).toMatchObject({ code: 0, err: '4 parked' });
    expect(await onDeployment('events', '--limit', '4')).toMatchObject({ code: 0, err: '4 parked' });
    expect(await onDeployment('events', '--limit', '4', '--json')).toMatchObject({ code: 0, err: '4 parked' });
    expect(await onDeployment('events', '--state', 'open')).toMatchObject({ code: 0, err: '1 open' });
  });

  it('goes on behind the last event of a page', async () => {
    const first = await onDeployment('events', '--limit', '3', '--json');
    const last = JSON.parse(first.out).at(-1).eventId;
    const second = await onDeployment('events', '--limit', '3', '--json', '--next', last);
    expect(JSON.parse(second.out)).toHaveLength(1);
    expect([second.code, second.err]).toEqual([0, '4 parked']);
    const { code, err } = await onDeployment('events', '--next', 'no-such-event');
    expect([code, err]).toEqual([2, expect.stringContaining('--next takes the last id of the page before')]);
  });

  it.each([
    ['show'],
    ['who'],
    ['export'],
    ['undo'],
    ['forget'],
    ['replay'],
    ['release'],
    ['settle', '--done'],
    ['events', '--contact'],
    ['events', '--next'],
    ['link', '--event'],
  ])('%s: an id under which nothing can be kept is no use to it', async (...args) => {
    const { code, err } = await onDeployment(...args, 'x'.repeat(3_000));
    expect([code, err]).toEqual([2, expect.stringContaining('An id has 1 to 512 bytes')]);
  });

  it('prints CSV with every state, and the events of a contact', async () => {
    const { out, err } = await onDeployment('events', '--state', 'all', '--csv');
    expect(out.split(/\r\n/)[0]).toBe('\uFEFFreceived,event,state,reason,updated');
    expect(out.match(/,parked,|,stored,/g)).toHaveLength(5);
    expect(err).toBe('5 in all');
    expect((await onDeployment('events', '--contact', 'b')).out).toContain('on-its-way');
    const none = await onDeployment('events', '--contact', 'never', '--tenant', 'main');
    expect(none.err).toBe('no event that fits names contact never: check its id, --state and --tenant');
  });

  it.each([
    [['--state', 'parkd'], 'Allowed choices are parked, held, open, applied'],
    [['--since', 'yesterday'], 'It is a time such as 2026-11-27, 2026-11-27T03:00'],
    [['--until', '2026-02-30'], 'It is a time such as'],
    [['--since', '2026-11-28', '--until', '2026-11-27'], '--since is later than --until'],
    [['--reason', 'crm-aut'], 'no event can have the reason crm-aut: did you mean crm-auth'],
    [
      ['--reason', 'crm-auth', '--state', 'held'],
      'no held event can have the reason crm-auth: they are tenant-hour-limit',
    ],
    [['--csv', '--json'], 'say one of --csv and --json'],
  ])('%j is usage, and says what is allowed', async (args, problem) => {
    const { code, out, err } = await onDeployment('events', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(problem);
  });

  it.each(['0', '-1', '2.5', '1e2', 'many', '', '100001'])('takes no limit of %j', async (limit) => {
    const { code, out, err } = await onDeployment('events', '--limit', limit);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('a whole number from 1 to 100000');
  });
});

describe('status', () => {
  it('says what waits and why, with the command that lists it, and how it goes', async () => {
    const { code, out, err } = await onDeployment('status');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/What to do first\n {2}parked: unreadable:mainID {2}4 events, the oldest for/);
    expect(out).toContain(`npx merge-sync events --state parked --reason unreadable:mainID --prefix ${PREFIX}`);
    expect(out).toMatch(/On their way +1\n/);
    expect(out).toMatch(/Latest event merged +none yet/);
    expect(out).toMatch(/CRM calls +running freely/);
  });

  it('as JSON, and in Chinese', async () => {
    const { out } = await onDeployment('status', '--json');
    expect(JSON.parse(out)).toMatchObject({
      waiting: [{ list: 'parked', reason: 'unreadable:mainID', count: 4 }],
      ...{ open: { count: 1, isMore: false }, unlinked: { count: 0 }, lastSuccess: null, rate: null },
    });
    const zh = await run(['status', '--prefix', PREFIX], { env: { LANG: 'zh_CN.UTF-8' } });
    expect(zh.out).toMatch(/^先做什么\n {2}parked: unreadable:mainID {2}4 个事件，|4 个事件, /);
    expect(zh.out).not.toMatch(/To do|On their way/);
  });
});

describe('a tenant that the deployment does not have', () => {
  it.each([
    [['events']],
    [['events', '--state', 'held', '--json']],
    [['show', 'unreadable-1']],
    [['status']],
    [['tail']],
    [['who', 'a']],
    [['who', 'a', '--tree']],
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
    expect(err).toMatch(/\nno event fits what was asked for$/);
    expect(code).toBe(0);
  });

  it('says that nothing waits, not that nothing was queued', async () => {
    const { code, err } = await onDeployment('release', '--all', '--tenant', 'main');
    expect([code, err]).toEqual([0, 'no event is held']);
  });
});

describe('who and show', () => {
  it('an unknown contact is unknown', async () => {
    const { code, out, err } = await onDeployment('who', 'nobody');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(
      'contact nobody is unknown: no merge of tenant main has been worked on with it; an event that waits may',
    );
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

  it('values go with the table of both records, or with JSON', async () => {
    const { code, out, err } = await onDeployment('show', 'on-its-way', '--values');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('--values goes with --diff, or with --json');
  });
});
