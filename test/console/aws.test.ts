import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { type AwsRequest, awsError, denied } from './aws-gate.ts';
import { createAwsWorld } from './aws-world.ts';
import { type ConsoleProcess, startConsoleProcess } from './console-process.ts';

jest.setTimeout(600_000);

let world: Awaited<ReturnType<typeof createAwsWorld>>;
let open: ConsoleProcess;

beforeAll(async () => {
  world = await createAwsWorld();
  await world.park('u1', 'unlinked');
  await world.park('p1', 'crm-refused:X');
  await world.park('p2', 'crm-refused:X');
  open = await startConsoleProcess(['--prefix', world.prefix, '--allow-actions'], world.env);
});
afterAll(async () => {
  await open?.end();
  await world.close();
});
beforeEach(() => {
  world.gate.rule = () => undefined;
});

const FORM = { action: 'replay', list: 'parked', reason: 'crm-refused' };

/** Each page, by what it shows. */
const VISITS: Record<string, () => Promise<{ status: number; text: string }>> = {
  overview: () => open.get('/main'),
  events: () => open.get('/main/events'),
  'events of a contact': () => open.get('/main/events?contact=a'),
  event: () => open.get('/main/events/p1?values=1'),
  'event as a file': () => open.get('/main/events/p1/before/csv'),
  contact: () => open.get('/main/contacts/a'),
  search: () => open.get('/main/find?q=b'),
  'bulk actions': () => open.get('/main/bulk'),
  candidates: () => open.get('/main/events/u1/link'),
  plan: () => open.post('/main/bulk/plan', FORM),
};

/** What docs/console.md names, on what the pages ask it for. */
const READING: [action: string, resource: string, visit: string][] = [
  ['dynamodb:GetItem', 'events', 'event'],
  ['dynamodb:GetItem', 'ledger', 'contact'],
  ['dynamodb:BatchGetItem', 'events', 'events'],
  ['dynamodb:BatchGetItem', 'ledger', 'contact'],
  ['dynamodb:Query', 'events/index/lists', 'overview'],
  ['dynamodb:Query', 'ledger/index/lists', 'contact'],
];
const LINKING: typeof READING = [
  ['ssm:GetParameter', 'main/crm', 'candidates'],
  ['kms:Decrypt', 'main/crm', 'candidates'],
];

const isOf = (asked: AwsRequest, resource: string) => asked.resource.endsWith(resource);
/** AWS refuses a right; that of KMS comes by way of the request for the parameter. */
const refuse = (action: string, resource: string) => {
  const by = action === 'kms:Decrypt' ? 'ssm:GetParameter' : action;
  world.gate.rule = (asked) =>
    asked.action === by && isOf(asked, resource) ? denied({ ...asked, action }) : undefined;
};

describe('each right that docs/console.md names', () => {
  it('is all that the pages ask for', async () => {
    world.gate.asked.length = 0;
    for (const [name, visit] of Object.entries(VISITS))
      expect([name, (await visit()).status < 400]).toEqual([name, true]);
    const page = readFileSync(path.join(__dirname, '../../docs/console.md'), 'utf8').split('## AWS rights')[1] ?? '';
    for (const { action } of world.gate.asked) expect(page).toContain(action.replace('dynamodb:', ''));
    const reading = world.gate.asked.filter(({ action }) => /^dynamodb:(?!Put)/.test(action));
    for (const asked of reading)
      expect(READING.some(([action, resource]) => asked.action === action && isOf(asked, resource))).toBe(true);
  });

  it.each([...READING, ...LINKING])(
    'refused, %s on …%s: its page names it, and heals',
    async (action, resource, name) => {
      const visit = VISITS[name] as (typeof VISITS)[string];
      refuse(action, resource);
      const { status, text } = await visit();
      expect([status, text]).toEqual([503, expect.stringContaining(`not the right ${action}`)]);
      expect(text).toContain(`>${world.prefix}</strong>`);
      expect(text).not.toMatch(/arn:aws|user\/lin/);
      world.gate.rule = () => undefined;
      expect((await visit()).status).toBeLessThan(400);
    },
  );

  it('refused, dynamodb:PutItem: nothing is done, alone or in bulk', async () => {
    refuse('dynamodb:PutItem', 'events');
    for (const [to, form] of [
      ['/main/events/p1/act', { action: 'replay' }],
      ['/main/bulk/run', { ...FORM, count: '2' }],
    ] as const) {
      const { status, text } = await open.post(to, form);
      expect([status, text]).toEqual([503, expect.stringContaining('not the right dynamodb:PutItem')]);
    }
    expect(await world.stateOf('p1')).toBe('parked');
  });

  it('refused, dynamodb:PutItem on the ledger table: no id is written in the CRM', async () => {
    const record = world.account.portal.create({ mobilephone: '13800138001' }).id;
    refuse('dynamodb:PutItem', 'ledger');
    const { status, text } = await open.post('/main/events/u1/link', { contact: 'a', record });
    expect([status, text]).toEqual([503, expect.stringContaining('not the right dynamodb:PutItem')]);
    expect(world.account.portal.byId(record)?.values.get(ID_PROPERTY)).toBeUndefined();
  });

  it('refused, sqs:SendMessage: the page says that part of it may be done, and stays', async () => {
    refuse('sqs:SendMessage', 'events');
    const { status, text } = await open.post('/main/events/p1/act', { action: 'replay' });
    expect([status, text]).toEqual([503, expect.stringContaining('not the right sqs:SendMessage')]);
    expect(text).toContain('may have been done in part');
    expect(text).toContain('data-still="yes"');
    expect(await world.stateOf('p1')).toBe('queued'); // reconcile sends it.
  });

  it('refused, sqs:GetQueueUrl: the command ends, and names it', async () => {
    refuse('sqs:GetQueueUrl', 'events');
    const start = startConsoleProcess(['--prefix', world.prefix], world.env);
    await expect(start).rejects.toThrow(/ended with 1: .*not the right sqs:GetQueueUrl/s);
  });

  it('refused, ssm:GetParametersByPath: only the named tenant can be chosen', async () => {
    expect((await open.get('/main')).text).toContain('href="/other"');
    refuse('ssm:GetParametersByPath', world.prefix);
    const alone = await startConsoleProcess(['--prefix', world.prefix], world.env);
    try {
      expect((await alone.get('/main')).text).not.toContain('href="/other"');
      expect((await alone.get('/other')).status).toBe(404);
    } finally {
      await alone.end();
    }
  });
});

describe('AWS', () => {
  it('that does not answer is said within half a minute, and the page heals', async () => {
    world.gate.rule = ({ action }) => (action === 'dynamodb:Query' ? 'silence' : undefined);
    const { status, text } = await open.get('/main');
    expect([status, text]).toEqual([503, expect.stringContaining('AWS cannot be reached')]);
    const asked = world.gate.asked.filter(({ action }) => action === 'dynamodb:Query');
    expect(asked.length).toBeGreaterThan(0);
    world.gate.rule = () => undefined;
    expect((await open.get('/main')).status).toBe(200);
  });

  it('that breaks connections is said', async () => {
    world.gate.rule = () => 'hang-up';
    const { status, text } = await open.get('/main/events');
    expect([status, text]).toEqual([503, expect.stringContaining('AWS cannot be reached')]);
  });

  it.each(['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidSignatureException'])(
    'that no longer takes the login (%s) is said; a new one heals it without a restart',
    async (error) => {
      world.logIn('old');
      world.gate.rule = ({ keyId }) => (keyId === error ? undefined : awsError(error));
      const { status, text } = await open.get('/main');
      expect([status, text]).toEqual([503, expect.stringContaining('aws sso login')]);
      world.logIn(error);
      // A request that was on its way may still have read the old file.
      for (let tries = 0; tries < 100 && (await open.get('/main')).status !== 200; tries++);
      expect((await open.get('/main')).status).toBe(200);
      expect((await open.post('/main/events/p2/act', { action: 'release' })).status).toBe(303);
      expect((await open.get('/main/events/u1/link')).status).toBe(200);
    },
  );
});
