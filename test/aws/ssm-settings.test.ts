import { createParameterReader, createSettings } from '../../lib/aws/ssm-settings.ts';
import { ConfigError, StoreError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { type RecordingServer, type ScriptedAnswer, startRecordingServer } from '../contracts/recording-server.ts';

const MINUTE = 60_000;
const MAX_AGE = 5 * MINUTE;

/** A parameter store as far as one read goes: the JSON 1.1 protocol's GetParameter. */
async function startParameterStore() {
  const parameters = new Map<string, string>();
  const trouble: ScriptedAnswer[] = [];
  const isPassing = { now: false }; // Whether each trouble comes once.
  const server = await startRecordingServer(({ body }) => {
    const broken = trouble[0];
    if (broken) return isPassing.now ? (trouble.shift() ?? broken) : broken;
    const { Name } = JSON.parse(body);
    const Value = parameters.get(Name);
    if (Value === undefined) return { status: 400, body: JSON.stringify({ __type: 'ParameterNotFound' }) };
    return { status: 200, body: JSON.stringify({ Parameter: { Name, Type: 'SecureString', Value } }) };
  });
  return { server, parameters, trouble, isPassing };
}

type Store = Awaited<ReturnType<typeof startParameterStore>>;
let store: Store;
let server: RecordingServer;
const clock = { now: 0 };
const lines: { [name: string]: unknown }[] = [];

jest.setTimeout(120_000);

beforeAll(async () => {
  store = await startParameterStore();
  server = store.server;
  process.env.AWS_ENDPOINT_URL_SSM = server.url;
});
beforeEach(() => {
  clock.now = Date.UTC(2026, 0, 1);
  store.parameters.clear();
  store.trouble.length = 0;
  store.isPassing.now = false;
  server.requests.length = 0;
  lines.length = 0;
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_SSM;
  await server.close();
});

const openSettings = (create = createSettings<{ key: string }>) => openAll(create).get;

const openAll = (create = createSettings<{ key: string }>) =>
  create({
    read: createParameterReader(),
    isTenant: async (tenant) => ['acme', 'outlet'].includes(tenant),
    nameOf: (tenant) => `/merge-sync/${tenant}/door`,
    parse: (name, text) => {
      if (!text.startsWith('{')) throw new ConfigError(`${name}: is not valid JSON`);
      return JSON.parse(text);
    },
    now: () => clock.now,
    log: createLog(
      (line) => lines.push(JSON.parse(line)),
      () => clock.now,
    ),
    maxAgeMs: MAX_AGE,
  });

const rotate = (key: string) => void store.parameters.set('/merge-sync/acme/door', JSON.stringify({ key }));

describe('a tenant’s settings', () => {
  it('are read by name, decrypted, and kept', async () => {
    rotate('one');
    const settings = openSettings();
    for (const _time of [1, 2, 3]) expect(await settings('acme')).toEqual({ key: 'one' });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers['x-amz-target']).toBe('AmazonSSM.GetParameter');
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ Name: '/merge-sync/acme/door', WithDecryption: true });
  });

  it('are in force no longer than their age allows: keys are rotated without a restart', async () => {
    rotate('one');
    const settings = openSettings();
    await settings('acme');
    rotate('two');
    clock.now += MAX_AGE - 1;
    expect(await settings('acme')).toEqual({ key: 'one' });
    clock.now += 1;
    expect(await settings('acme')).toEqual({ key: 'two' });
  });

  it('promise 10: are each tenant’s own', async () => {
    rotate('one');
    store.parameters.set('/merge-sync/outlet/door', '{"key":"theirs"}');
    const settings = openSettings();
    expect(await Promise.all([settings('acme'), settings('outlet')])).toEqual([{ key: 'one' }, { key: 'theirs' }]);
  });

  it.each(['stranger', '', '__proto__', 'acme/../outlet'])(
    'for the unknown name "%s" the store is not asked',
    async (name) => {
      expect(await openSettings()(name)).toBeUndefined();
      expect(server.requests).toEqual([]);
    },
  );
});

const stale = () => lines.filter(({ metric }) => metric === 'settings-stale');

describe('while the parameter store cannot be reached', () => {
  it.each<[string, ScriptedAnswer]>([
    ['fails', { status: 503, body: '{"__type":"InternalServerError"}' }],
    ['hangs up', 'hang-up'],
    ['is silent', 'silence'],
    ['throttles', { status: 400, body: '{"__type":"ThrottlingException"}' }],
    ['finds our credentials just expired', { status: 400, body: '{"__type":"ExpiredTokenException"}' }],
  ])('and %s, settings in hand serve, and it is asked every ten seconds only', async (_how, trouble) => {
    rotate('one');
    const settings = openSettings();
    await settings('acme');
    store.trouble.push(trouble);
    clock.now += MAX_AGE;
    for (let second = 0; second < 20; second++, clock.now += 1_000)
      expect(await settings('acme')).toEqual({ key: 'one' });
    expect(stale()).toHaveLength(2);
    expect(stale()[0]).toMatchObject({ level: 'warn', tenant: 'acme', problem: expect.stringContaining('SSM: ') });
    store.trouble.length = 0;
    rotate('two');
    expect(await settings('acme')).toEqual({ key: 'two' });
  });

  it('they serve for fifteen minutes past their age: a withdrawn key must end some time', async () => {
    rotate('one');
    const settings = openSettings();
    await settings('acme');
    store.trouble.push({ status: 503 });
    clock.now += MAX_AGE + 15 * MINUTE - 1;
    expect(await settings('acme')).toEqual({ key: 'one' });
    clock.now += 10_000;
    await expect(settings('acme')).rejects.toThrow(StoreError);
  });

  it('a tenant nothing is known of yet is not served', async () => {
    store.trouble.push({ status: 503, body: '{"__type":"InternalServerError"}' });
    await expect(openSettings()('acme')).rejects.toThrow(StoreError);
  });
});

describe('a parameter that is wrong', () => {
  it('or missing, is named with what to do', async () => {
    await expect(openSettings()('acme')).rejects.toThrow(
      'SSM: there is no parameter /merge-sync/acme/door; create it as a SecureString',
    );
  });

  it('or may not be read, is named with the rights it needs', async () => {
    store.trouble.push({ status: 400, body: '{"__type":"AccessDeniedException","message":"arn:aws:iam::1:role"}' });
    const problem =
      "SSM: /merge-sync/acme/door cannot be read (AccessDeniedException); the function's role needs ssm:GetParameter and kms:Decrypt for it";
    const reading = openSettings()('acme');
    await expect(reading).rejects.toThrow(ConfigError);
    await expect(reading).rejects.toHaveProperty('message', problem);
  });

  it('promise 11: is named without its value', async () => {
    store.parameters.set('/merge-sync/acme/door', 'secret-token');
    await expect(openSettings()('acme')).rejects.toThrow(new ConfigError('/merge-sync/acme/door: is not valid JSON'));
  });

  it.each<[string, () => void]>([
    ['deleted', () => void store.parameters.clear()],
    ['broken', () => void store.parameters.set('/merge-sync/acme/door', 'oops')],
    ['withheld', () => void store.trouble.push({ status: 400, body: '{"__type":"AccessDeniedException"}' })],
  ])('takes effect like any other change when it is %s, and mending it too', async (_how, spoil) => {
    rotate('one');
    const settings = openSettings();
    await settings('acme');
    spoil();
    clock.now += MAX_AGE;
    await expect(settings('acme')).rejects.toThrow(ConfigError);
    const asked = server.requests.length;
    clock.now += 9_999;
    await expect(settings('acme')).rejects.toThrow(ConfigError);
    expect(server.requests).toHaveLength(asked);
    store.trouble.length = 0;
    rotate('two');
    clock.now += 1;
    expect(await settings('acme')).toEqual({ key: 'two' });
    expect(stale()).toEqual([]);
  });

  it('stays wrong while the store cannot be reached: the settings before it are gone', async () => {
    rotate('one');
    const settings = openSettings();
    await settings('acme');
    store.parameters.clear();
    clock.now += MAX_AGE;
    await expect(settings('acme')).rejects.toThrow(ConfigError);
    store.trouble.push({ status: 503 });
    clock.now += 10_000;
    await expect(settings('acme')).rejects.toThrow(StoreError);
  });
});

it('throttled attempts are repeated: a hundred cold starts at once get their settings', async () => {
  rotate('one');
  store.trouble.push(...Array.from({ length: 2 }, () => ({ status: 400, body: '{"__type":"ThrottlingException"}' })));
  // A client of its own: one that has met much trouble repeats less.
  jest.resetModules();
  const fresh = await import('../../lib/aws/ssm-settings.ts');
  const settings = openSettings((options) => fresh.createSettings({ ...options, read: fresh.createParameterReader() }));
  store.isPassing.now = true;
  expect(await settings('acme')).toEqual({ key: 'one' });
  expect(server.requests).toHaveLength(3);
});

describe('settings that led to a refusal', () => {
  it('are read again ahead of their age, and are in force at once where the store says something else', async () => {
    rotate('one');
    const settings = openAll();
    const first = (await settings.get('acme')) ?? { key: '' };
    rotate('two');
    expect(await settings.get('acme')).toEqual({ key: 'one' });
    expect(await settings.changed('acme', first)).toEqual({ key: 'two' });
    expect(await settings.get('acme')).toEqual({ key: 'two' });
    // Another worker of this process with the old ones in hand costs no request.
    expect(await settings.changed('acme', first)).toEqual({ key: 'two' });
    expect(server.requests).toHaveLength(2);
  });

  it('cost one request in ten seconds, whatever the number of refusals and tenants', async () => {
    rotate('one');
    store.parameters.set('/merge-sync/outlet/door', JSON.stringify({ key: 'theirs' }));
    const settings = openAll();
    const [acme, outlet] = [await settings.get('acme'), await settings.get('outlet')];
    server.requests.length = 0;
    for (let refusals = 0; refusals < 100; refusals++) {
      expect(await settings.changed('acme', acme ?? { key: '' })).toBeUndefined();
      expect(await settings.changed('outlet', outlet ?? { key: '' })).toBeUndefined();
    }
    expect(server.requests).toHaveLength(1);
    clock.now += 10_000;
    rotate('two');
    expect(await settings.changed('acme', acme ?? { key: '' })).toEqual({ key: 'two' });
  });

  it('that were deleted meanwhile are wrong from then on', async () => {
    rotate('one');
    const settings = openAll();
    const first = (await settings.get('acme')) ?? { key: '' };
    store.parameters.clear();
    await expect(settings.changed('acme', first)).rejects.toThrow(ConfigError);
    await expect(settings.get('acme')).rejects.toThrow(ConfigError);
  });

  it('keep the time at which their text was first read', async () => {
    const since: number[] = [];
    const settings = openAll((options) =>
      createSettings({
        ...options,
        parse(...read) {
          since.push(read[3]);
          return options.parse(...read);
        },
      }),
    );
    rotate('one');
    for (const text of ['one', 'one', 'two']) {
      rotate(text);
      await settings.get('acme');
      clock.now += MAX_AGE;
    }
    const begin = Date.UTC(2026, 0, 1);
    expect(since).toEqual([begin, begin, begin + 2 * MAX_AGE]);
  });
});
