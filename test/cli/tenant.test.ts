import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createKnownTenants, createListReader } from '../../lib/aws/known-tenants.ts';
import { createParameterReader, createSettings } from '../../lib/aws/ssm-settings.ts';
import { pairId } from '../../lib/dustess/envelope-keys.ts';
import { createQueues, createTables } from '../../lib/local/resources.ts';
import { createLog } from '../../lib/log.ts';
import { listParameterOf } from '../../lib/tenant-list.ts';
import { type ParameterStore, startParameterStore } from '../contracts/parameter-store.ts';
import { callbackEvent, createService } from '../crash/service.ts';
import { mergeBody, KEYS as SENDER_KEYS, sealedEnvelope } from '../local/sender.ts';
import { run } from './console.ts';

jest.setTimeout(300_000);

const KEYS = { token: SENDER_KEYS.token, encodingAesKey: SENDER_KEYS.encodingAesKey };
const PREFIX = `tenants-${randomUUID()}`;
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 27, 12);
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const DOOR = { keys: [KEYS], receiveIds: ['*'] };
const CRM = { crm: { kind: 'http', endpoint: 'https://crm.example/merges', secret: SECRET } };
const FILES = { 'door.json': JSON.stringify(DOOR), 'crm.json': JSON.stringify(CRM) };
const BOTH = ['--door', 'door.json', '--crm', 'crm.json'];
const at = (name: string) => `/${PREFIX}/${name}`;

let store: ParameterStore;
let service: ReturnType<typeof createService>;

beforeAll(async () => {
  store = await startParameterStore();
  process.env.AWS_ENDPOINT_URL_SSM = store.url;
  const tables = { eventsTable: `${PREFIX}-events`, ledgerTable: `${PREFIX}-ledger` };
  await createTables(new DynamoDBClient(), Object.values(tables));
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const queues = await createQueues(sqs, { name: `${PREFIX}-events`, visibilitySeconds: 30 });
  const crm = { endpoint: 'http://127.0.0.1:65530/merges', secret: SECRET };
  service = createService({ resources: { ...tables, ...queues }, tenants: { busy: { keys: SENDER_KEYS, crm } } });
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_SSM;
  await store.close();
});
beforeEach(() => {
  store.parameters.clear();
  store.meanwhile.length = 0;
  store.takeOperations();
});

type World = NonNullable<Parameters<typeof run>[1]>;
const tenant = (args: string[], world: World = {}) =>
  run(['tenant', ...args], { env: { MERGE_SYNC_PREFIX: PREFIX }, files: FILES, now: () => NOW, ...world });
const answering = (answer: string, asked: string[] = []) => ({
  ask: async (question: string) => {
    asked.push(question);
    return answer;
  },
});
const put = (name: string, more: string[] = ['--yes']) => tenant(['put', name, ...BOTH, ...more]);
const doorOf = (name: string) => JSON.parse(store.parameters.get(at(`${name}/door`))?.text ?? '{}');
const listed = (name: string) =>
  store.parameters
    .get(listParameterOf(`/${PREFIX}`, name))
    ?.text.split(',')
    .includes(name);
const hides = (text: string) => {
  for (const secret of [KEYS.token, KEYS.encodingAesKey, SECRET, 'crm.example']) expect(text).not.toContain(secret);
};

describe('tenant put', () => {
  it('makes a tenant: both parameters as SecureStrings, the name in the list, no secret shown', async () => {
    const { code, out, err } = await put('outlet');
    expect([code, err]).toEqual([0, expect.stringContaining('in force within five minutes')]);
    expect(store.parameters.get(at('outlet/door'))).toMatchObject({ text: FILES['door.json'], type: 'SecureString' });
    expect(store.parameters.get(at('outlet/crm'))).toMatchObject({ text: FILES['crm.json'], type: 'SecureString' });
    expect(listed('outlet')).toBe(true);
    expect(out).toContain(`+ door.keys.${pairId(KEYS)}  until=never`);
    expect(out).toContain('+ crm.crm.secret  ***');
    hides(out + err);
  });

  it('shows only what differs, and of a secret only that it does', async () => {
    await put('outlet');
    const policy = { mode: 'observe' };
    const crm = JSON.stringify({ crm: { ...CRM.crm, secret: OTHER_SECRET }, policy });
    const { out } = await tenant(['put', 'outlet', '--crm', 'crm.json', '--yes'], { files: { 'crm.json': crm } });
    expect(out.split('\n')).toEqual(['~ crm.crm.secret  ***', '+ crm.policy.mode  "observe"']);
  });

  it.each([
    ['--dry-run', {}],
    ['no answer', answering('')],
    ['no', answering('n')],
  ])('writes nothing at %s', async (how, world) => {
    const { code, err } = await tenant(['put', 'outlet', ...BOTH, ...(how === '--dry-run' ? [how] : [])], world);
    expect([code, err, store.parameters.size]).toEqual([0, 'nothing was written', 0]);
  });

  it('asks, and without a terminal says how to do without', async () => {
    const asked: string[] = [];
    expect((await tenant(['put', 'outlet', ...BOTH], answering('y', asked))).code).toBe(0);
    expect(asked).toEqual([`Write ${at('outlet/door')}, ${at('outlet/crm')}? [y/N] `]);
    const { code, err } = await tenant(['put', 'shop', ...BOTH]);
    expect([code, err]).toEqual([2, expect.stringContaining('say --yes')]);
  });

  it.each([
    ['a key that is misspelt', { 'door.json': JSON.stringify({ ...DOOR, acounts: [] }) }, 'acounts'],
    ['a policy that cannot be', { 'crm.json': JSON.stringify({ ...CRM, policy: { mode: 'off' } }) }, 'mode'],
    ['a mapping that cannot be', { 'crm.json': JSON.stringify({ ...CRM, mapping: { remark: 7 } }) }, 'remark'],
    [
      'keys of published examples',
      { 'door.json': JSON.stringify({ ...DOOR, keys: [{ ...KEYS, token: 'thisisatoken' }] }) },
      'published',
    ],
    ['more than SSM takes', { 'crm.json': JSON.stringify({ ...CRM, mapping: { remark: 'x'.repeat(9_000) } }) }, '8192'],
  ])('refuses %s as the functions would, before anything is written', async (_what, changed, said) => {
    const { code, err, out } = await tenant(['put', 'outlet', ...BOTH, '--yes'], { files: { ...FILES, ...changed } });
    expect([code, err]).toEqual([2, expect.stringContaining(said)]);
    expect(store.parameters.size).toBe(0);
    hides(err + out);
  });

  it.each(['Outlet', 'a/b', '-x', ''])('refuses %j as a name', async (name) => {
    expect((await tenant(['put', '--', name, 'x'])).code).toBe(2);
    expect((await put(name)).code).toBe(2);
    expect(store.parameters.size).toBe(0);
  });

  it('keeps the KMS key that it is told, and settings above 4 KB', async () => {
    const mapping = Object.fromEntries(
      Array.from({ length: 150 }, (_, n) => [`customFields.field${n}`, `property_${n}`]),
    );
    const crm = JSON.stringify({ crm: { kind: 'hubspot', token: 'pat-x' }, mapping });
    const files = { ...FILES, 'crm.json': crm };
    const { code } = await tenant(['put', 'outlet', ...BOTH, '--yes', '--kms-key', 'alias/own'], { files });
    expect(code).toBe(0);
    expect(store.parameters.get(at('outlet/crm'))).toMatchObject({ tier: 'Advanced', kmsKey: 'alias/own' });
  });
});

/** What `receive` knows of a tenant at a cold start. */
function settingsOf(name: string) {
  const log = createLog(
    () => undefined,
    () => NOW,
  );
  const prefix = `/${PREFIX}`;
  const known = createKnownTenants({ read: createListReader(), prefix, deployed: ['main'], now: () => NOW, log });
  return createSettings({
    read: createParameterReader(),
    isTenant: known.has,
    nameOf: (one) => at(`${one}/door`),
    parse: (_name, text) => JSON.parse(text),
    now: () => NOW,
    log,
    maxAgeMs: 300_000,
  }).get(name);
}

describe('without a deployment', () => {
  it('a tenant is known to the functions once it is put, for two requests, and a stranger once it is removed', async () => {
    expect(await settingsOf('outlet')).toBeUndefined();
    await put('outlet');
    store.takeOperations();
    expect(await settingsOf('outlet')).toEqual(DOOR);
    expect(store.takeOperations()).toEqual(['GetParameters', 'GetParameter']);
    await tenant(['remove', 'outlet', '--confirm', 'outlet']);
    expect(await settingsOf('outlet')).toBeUndefined();
  });
});

it('a put that changes nothing says so, and mends the list where the name is not in it', async () => {
  await put('outlet');
  expect(await put('outlet')).toMatchObject({ code: 0, err: 'nothing differs from what is there' });
  store.set(listParameterOf(`/${PREFIX}`, 'outlet'), '-', 'String');
  expect((await put('outlet')).err).toContain('in force within five minutes');
  expect(listed('outlet')).toBe(true);
});

describe('two operators at once', () => {
  it('a write over another one’s says so: SSM has no conditional write', async () => {
    await put('outlet');
    store.meanwhile.push(() => store.set(at('outlet/door'), JSON.stringify({ ...DOOR, accounts: ['theirs'] })));
    const door = JSON.stringify({ ...DOOR, maxAgeSeconds: 600 });
    const { code, err } = await tenant(['put', 'outlet', '--door', 'd.json', '--yes'], { files: { 'd.json': door } });
    expect([code, err]).toEqual([1, expect.stringContaining('theirs is version 2')]);
  });

  it('of two that make the same tenant the second is refused', async () => {
    store.meanwhile.push(() => store.set(at('outlet/crm'), JSON.stringify(CRM)));
    const { code, err } = await put('outlet');
    expect([code, err]).toEqual([1, expect.stringContaining('was made by another operator')]);
  });

  it('neither loses the other’s name, whoever writes the list last', async () => {
    const own = 'outlet';
    const part = listParameterOf(`/${PREFIX}`, own);
    const other =
      Array.from({ length: 200 }, (_, n) => `shop-${n}`).find((name) => listParameterOf(`/${PREFIX}`, name) === part) ??
      '';
    const nothing = () => undefined;
    store.meanwhile.push(nothing, nothing, () => {
      store.set(at(`${other}/door`), FILES['door.json']);
      store.set(part, other, 'String');
    });
    expect((await put(own)).code).toBe(0);
    expect([listed(own), listed(other)]).toEqual([true, true]);
    store.meanwhile.push(() => store.set(part, `${own},${other}`, 'String'));
    expect((await tenant(['remove', own, '--confirm', own])).code).toBe(0);
    expect([listed(own), listed(other)]).toEqual([false, true]);
  });
});

describe('tenant list and show', () => {
  it('lists every tenant of several pages, and which the functions do not know of', async () => {
    for (let n = 10; n < 25; n += 1) store.set(at(`shop-${n}/door`), FILES['door.json']);
    await put('outlet');
    const { out, err } = await tenant(['list']);
    expect(out.split('\n')).toHaveLength(16);
    expect(out).toContain('outlet  ✓ door  ✓ crm  ✓ in the list');
    expect(out).toMatch(/shop-24 {2}✓ door {2}– crm/);
    expect(err).toContain('known only where');
    const rows = JSON.parse((await tenant(['list', '--json'])).out);
    expect(rows[0]).toEqual({ tenant: 'outlet', door: true, crm: true, listed: true });
  });

  it('shows settings without a secret', async () => {
    await put('outlet');
    const { out } = await tenant(['show', 'outlet']);
    expect(out).toContain('crm.crm.kind  "http"');
    expect(out).toContain(`key pair ${pairId(KEYS)}: in force`);
    hides(out);
    hides((await tenant(['show', 'outlet', '--json'])).out);
    expect(await tenant(['show', 'nobody'])).toMatchObject({ code: 2, err: expect.stringContaining('tenant list') });
  });
});

it('with --local it lists the one tenant of npm start, and says whose settings those are', async () => {
  const stack = {
    tenant: 'local',
    eventsTable: 'e',
    ledgerTable: 'l',
    queueUrl: 'q',
    outcomesQueueUrl: 'o',
    demoCrm: null,
  };
  const urls = { dynamodb: 'http://127.0.0.1:1', sqs: 'http://127.0.0.1:1' };
  const world = { fetch: async () => new Response(JSON.stringify({ ...stack, ...urls })) };
  expect((await tenant(['list', '--local'], world)).out).toContain('local  ✓ door');
  const { code, err } = await tenant(['put', 'local', ...BOTH, '--local'], world);
  expect([code, err]).toEqual([2, expect.stringContaining('variables of npm start')]);
  expect(store.parameters.size).toBe(0);
});

describe('tenant rotate', () => {
  const rotate = (more: string[] = [], now = NOW) => tenant(['rotate', 'busy', '--yes', ...more], { now: () => now });

  it.each(['en_US', 'zh_CN'])('%s: the commands that come next are whole, to be copied', async (language) => {
    const env = { MERGE_SYNC_PREFIX: 'another', LANG: `${language}.UTF-8` };
    const put = await tenant(['put', 'busy', '--yes', '--prefix', PREFIX, ...BOTH], { env });
    expect(put.err).toContain(`npx merge-sync doctor --tenant busy --prefix ${PREFIX}`);
    const { err } = await tenant(['rotate', 'busy', '--yes', '--prefix', PREFIX], { env });
    expect(err).toContain(`npx merge-sync tenant show busy --prefix ${PREFIX}`);
    expect(err).toContain(`npx merge-sync tenant rotate busy --finish --prefix ${PREFIX}`);
    if (language === 'zh_CN') expect(err).toMatch(/^3\. 查看旧密钥/m);
  });

  it('makes a new pair, keeps the old one for the time that is stated, and says both', async () => {
    await put('busy');
    const { code, out, err } = await rotate(['--keep', '12h']);
    const [fresh, old, ...more] = doorOf('busy').keys;
    expect([code, more, fresh.until]).toEqual([0, [], undefined]);
    expect(old).toEqual({ ...KEYS, until: new Date(NOW + 12 * HOUR).toISOString() });
    expect(out).toContain(`Token           ${fresh.token}\nEncodingAESKey  ${fresh.encodingAesKey}`);
    expect(err).toContain('The old pair is accepted until');
    hides(out + err);
    expect(doorOf('busy')).toMatchObject({ receiveIds: ['*'] });
  });

  it('a second one waits for the end of the first', async () => {
    await put('busy');
    await rotate(['--keep', '12h']);
    expect(await rotate()).toMatchObject({ code: 2, err: expect.stringContaining('on its way out already') });
    expect((await rotate([], NOW + 12 * HOUR)).code).toBe(0);
    expect(doorOf('busy').keys).toHaveLength(2);
  });

  it('says when the old pair was last used, and removes it before its time only once it is unused', async () => {
    await put('busy');
    await rotate();
    expect((await tenant(['show', 'busy'])).out).toContain('no callback has come under it');
    await service.ledgerOf('busy').keyUses.note(pairId(KEYS), NOW, NOW + 90 * 24 * HOUR);
    const shown = JSON.parse((await tenant(['show', 'busy', '--json'])).out);
    expect(shown.pairs[1]).toMatchObject({
      pair: pairId(KEYS),
      isInForce: true,
      lastUsed: new Date(NOW).toISOString(),
    });
    const early = await rotate(['--finish'], NOW + HOUR);
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining('may still use it') });
    expect(doorOf('busy').keys).toHaveLength(2);
    expect((await rotate(['--finish'], NOW + 3 * HOUR)).code).toBe(0);
    expect(doorOf('busy').keys).toEqual([expect.not.objectContaining({ until: expect.anything() })]);
  });

  it('says no key in a dry run, and takes no time that is none', async () => {
    await put('busy');
    expect((await tenant(['rotate', 'busy', '--dry-run'])).out).not.toContain('Token');
    expect(doorOf('busy')).toEqual(DOOR);
    for (const keep of ['0d', '7', 'soon']) expect((await rotate(['--keep', keep])).code).toBe(2);
    expect((await rotate(['--finish'])).code).toBe(2);
  });
});

describe('tenant remove', () => {
  const EMPTY = 'outlet';

  it('asks for the name, and removes nothing for another one', async () => {
    await put(EMPTY);
    for (const world of [answering('y'), answering('outlets')])
      expect(await tenant(['remove', EMPTY], world)).toMatchObject({
        code: 1,
        err: expect.stringContaining('nothing was removed'),
      });
    expect((await tenant(['remove', EMPTY, '--yes'])).code).toBe(2);
    expect((await tenant(['remove', EMPTY, '--dry-run'])).code).toBe(0);
    expect(store.parameters.has(at('outlet/door'))).toBe(true);
    expect((await tenant(['remove', EMPTY], answering(EMPTY))).code).toBe(0);
    expect([...store.parameters.keys()].filter((name) => name.includes(EMPTY))).toEqual([]);
    expect(listed(EMPTY)).toBe(false);
  });

  it('is refused while events wait, unless that is said', async () => {
    await put('busy');
    await service.receive(callbackEvent('busy', sealedEnvelope('on-its-way', mergeBody('a', ['b']))));
    const { code, err } = await tenant(['remove', 'busy', '--confirm', 'busy']);
    expect([code, err]).toEqual([1, expect.stringContaining('events that wait or are held')]);
    expect(store.parameters.has(at('busy/door'))).toBe(true);
    expect((await tenant(['remove', 'busy', '--confirm', 'busy', '--force'])).code).toBe(0);
    expect(store.parameters.has(at('busy/door'))).toBe(false);
  });
});
