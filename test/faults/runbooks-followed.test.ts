import { SQSClient } from '@aws-sdk/client-sqs';
import { parse } from 'yaml';
import { createQueues } from '../../lib/local/resources.ts';
import { readRunbook } from '../../lib/notify/alarm.ts';
import { run } from '../cli/console.ts';
import { type RecordingServer, startRecordingServer } from '../contracts/recording-server.ts';
import { CONTEXT, callbackEvent, PATIENCE_MS } from '../crash/service.ts';
import { readText } from '../docs/page.ts';
import { matches } from '../infra/filter-pattern.ts';
import { KEYS, mergeBody, sealedEnvelope } from '../local/sender.ts';
import { type FaultWorld, HOUR, MINUTE, openFaultWorld } from './fault-world.ts';

jest.setTimeout(PATIENCE_MS);

const { Resources } = parse(readText('infra/alarms.yml'), { merge: true, logLevel: 'silent' });
const TENANT = 'main';

let world: FaultWorld;
let ssm: RecordingServer;
/** SSM parameters by the end of their names. */
let parameters: Record<string, unknown>;
let isThrottled = false;

const worldWith = async (policy: object = {}) => {
  await world?.close();
  world = await openFaultWorld({ policy });
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) world.demo.contacts.put(id, { remark: `of ${id}` });
  const { token, encodingAesKey } = KEYS;
  parameters = { door: { keys: [{ token, encodingAesKey }], receiveIds: ['*'] }, crm: world.settings };
  isThrottled = false;
  await createQueues(new SQSClient({ useQueueUrlAsEndpoint: false }), {
    name: `${prefix()}-events`,
    visibilitySeconds: 30,
  });
};

beforeAll(async () => {
  ssm = await startRecordingServer(({ body }) => parameterAnswer(JSON.parse(body)));
  process.env.AWS_ENDPOINT_URL_SSM = ssm.url;
});
beforeEach(() => worldWith());
afterAll(async () => {
  await world.close();
  delete process.env.AWS_ENDPOINT_URL_SSM;
  await ssm.close();
});

function parameterAnswer({ Name = '' }: { Name?: string }) {
  const value = parameters[Name.split('/').at(-1) ?? ''];
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  if (isThrottled) return { status: 400, headers, body: '{"__type":"ThrottlingException"}' };
  if (value === undefined) return { status: 400, headers, body: '{"__type":"ParameterNotFound"}' };
  const Value = typeof value === 'string' ? value : JSON.stringify(value);
  return { status: 200, headers, body: JSON.stringify({ Parameter: { Name, Value } }) };
}

/** The deployment's name: its tables end in -events and -ledger. */
const prefix = () => world.resources.eventsTable.replace(/-events$/, '');

function runbookOf(alarm: string) {
  const found = Object.values<{ Properties?: { AlarmName: string; AlarmDescription: string } }>(Resources)
    .flatMap(({ Properties }) => Properties ?? [])
    .find(({ AlarmName }) => AlarmName.endsWith(`}-${alarm}`));
  const text = found?.AlarmDescription.replaceAll(/\$\{param:prefix\}/g, prefix()) ?? '';
  const { command = '', next = '' } = readRunbook(text) ?? {};
  return { command, next };
}

/** Types the first command of an alarm's runbook. @returns what it prints, or the log lines that it finds. */
async function follow(alarm: string): Promise<string> {
  const { command } = runbookOf(alarm);
  if (command.startsWith('aws logs tail ')) return logLines(command);
  const args = command.replace('npx merge-sync ', '').replace('TENANT', TENANT).split(' ');
  const { out, err } = await run(args, { env: { USER: 'lin' }, now: () => world.clock.now, fetch: world.fetch });
  return `${out}\n${err}`;
}

/** As CloudWatch Logs finds them: by a word of the line, or by a JSON pattern. */
function logLines(command: string): string {
  const [, quoted, word = ''] = /--filter-pattern (?:'(.+)'|(\S+))/.exec(command) ?? [];
  const isFound = (line: Record<string, unknown>) =>
    quoted ? matches(quoted.replace(/(?<=\w)=(?=")/g, ' = '), line) : JSON.stringify(line).split(/\W+/).includes(word);
  return world.lines
    .filter(isFound)
    .map((line) => JSON.stringify(line))
    .join('\n');
}

/** What a runbook's own way to the tenant finds. */
const whichTenant = (alarm: string) =>
  logLines(/With several tenants, (aws .*?) names the tenant/.exec(runbookOf(alarm).next)?.[1] ?? '');

const rung = (metric: string) => expect(world.metrics()).toContain(metric);

it('parked: the command names the event and its reason', async () => {
  await world.callback('e1', 'a', 'a');
  await world.pass(MINUTE);
  rung('parked');
  expect(await follow('parked')).toMatch(/e1[\s\S]*self-merge/);
  expect(whichTenant('parked')).toContain('"tenant":"main"');
});

it('held: the command names the events and the limit', async () => {
  await worldWith({ limits: { mergesPerHour: 1 } });
  await world.callback('e1', 'a', 'b');
  await world.callback('e2', 'c', 'd');
  await world.pass(MINUTE);
  rung('held');
  expect(await follow('held')).toMatch(/e2[\s\S]*tenant-hour-limit/);
  expect(whichTenant('held')).toContain('"tenant":"main"');
});

it('unlinked: the command names the event', async () => {
  await world.callback('e1', 'x', 'y');
  await world.pass(MINUTE);
  rung('unlinked');
  expect(await follow('unlinked')).toMatch(/e1[\s\S]*unknown-in-crm/);
  expect(whichTenant('unlinked')).toContain('"tenant":"main"');
});

it('crm-auth: doctor says that the CRM refuses the secret', async () => {
  parameters.crm = {
    ...world.settings,
    crm: { ...world.settings.crm, secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
  };
  await world.callback('e1', 'a', 'b');
  await world.serviceAt(0, () => world.clock.now + HOUR).apply({ Records: [delivery('e1')] }, CONTEXT);
  rung('crm-auth');
  expect(await follow('crm-auth')).toMatch(/WRONG +endpoint: refuses the signed ping \(401\)/);
  expect(whichTenant('crm-auth')).toContain('"tenant":"main"');
});

it('crm-waiting: doctor says that the CRM takes no connection', async () => {
  world.break('crm', 3 * HOUR);
  await world.callback('e1', 'a', 'b');
  await world.pass(HOUR);
  rung('waiting');
  expect(await follow('crm-waiting')).toMatch(/ECONNREFUSED/);
  expect(whichTenant('crm-waiting')).toContain('"tenant":"main"');
});

it('config: doctor names the key and what it needs', async () => {
  parameters.crm = { crm: { ...world.settings.crm, endpoint: 7 } };
  expect(await follow('config')).toMatch(/endpoint/);
  parameters = { door: parameters.door };
  expect(await follow('config')).toMatch(new RegExp(`/${prefix()}/main/crm`));
});

it('settings-stale: doctor tells an SSM that does not answer from settings that are wrong', async () => {
  expect(await follow('settings-stale')).toMatch(/ok +CRM settings: can be read/);
  isThrottled = true;
  expect(await follow('settings-stale')).toMatch(/SSM|ThrottlingException/);
});

it('stuck: the log names the events, and show says where each stood', async () => {
  await world.callback('e1', 'a', 'b');
  for (let losses = 0; losses < 3; losses++) {
    world.messages.clear();
    world.clock.now += 3 * HOUR;
    await world.service.reconcile({}, CONTEXT);
  }
  rung('stuck');
  expect(await follow('stuck')).toMatch(/"eventId":"e1"/);
});

it('dead-letters: the log says which service refused', async () => {
  await world.callback('e1', 'a', 'b');
  world.break('dynamodb', 40 * MINUTE);
  await world.pass(40 * MINUTE);
  expect(world.deadLetters).toHaveLength(1);
  expect(await follow('dead-letters')).toMatch(/DynamoDB.*ProvisionedThroughputExceeded/);
});

it('callback-5xx: the log says which service refused', async () => {
  world.break('dynamodb', MINUTE);
  expect(await world.tryOnce('e1', 'a', 'b')).toBe(false);
  expect(await follow('callback-5xx')).toMatch(/DynamoDB.*ProvisionedThroughputExceeded/);
});

it.each(['refused', 'refused-steadily'])('%s: the log has the reason', async (alarm) => {
  world.setKeys({ ...KEYS, token: 'another-token' });
  await world.tryOnce('e1', 'a', 'b');
  rung('refused');
  expect(await follow(alarm)).toMatch(/"tenant":"main".*"reason":"bad-signature"/);
});

it('keys-differ: the log has the reason', async () => {
  world.setKeys({ ...KEYS, encodingAesKey: 'A'.repeat(43) });
  await world.tryOnce('e1', 'a', 'b');
  expect(await follow('keys-differ')).toMatch(/"tenant":"main".*"reason":"undecryptable"/);
});

it('repeat-differs: the log names the event that kept the id, and show says what was done for it', async () => {
  await world.callback('e1', 'a', 'b');
  await world.service.receive(
    callbackEvent(TENANT, sealedEnvelope('e1', mergeBody('c', ['d']), KEYS, world.clock.now)),
  );
  rung('repeat-differs');
  expect(await follow('repeat-differs')).toMatch(/"tenant":"main".*"eventId":"[^"]+"/);
});

const delivery = (eventId: string) => ({ messageId: '1', body: JSON.stringify({ tenant: TENANT, eventId }) }) as never;
