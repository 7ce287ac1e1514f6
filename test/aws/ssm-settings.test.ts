import { createParameterReader, createSettings } from '../../lib/aws/ssm-settings.ts';
import { ConfigError, StoreError } from '../../lib/errors.ts';
import { type RecordingServer, type ScriptedAnswer, startRecordingServer } from '../contracts/recording-server.ts';

const MINUTE = 60_000;
const MAX_AGE = 5 * MINUTE;

/** A parameter store as far as one read goes: the JSON 1.1 protocol's GetParameter. */
async function startParameterStore() {
  const parameters = new Map<string, string>();
  const trouble: ScriptedAnswer[] = [];
  const server = await startRecordingServer(({ body }) => {
    const broken = trouble[0];
    if (broken) return broken;
    const { Name } = JSON.parse(body);
    const Value = parameters.get(Name);
    if (Value === undefined) return { status: 400, body: JSON.stringify({ __type: 'ParameterNotFound' }) };
    return { status: 200, body: JSON.stringify({ Parameter: { Name, Type: 'SecureString', Value } }) };
  });
  return { server, parameters, trouble };
}

type Store = Awaited<ReturnType<typeof startParameterStore>>;
let store: Store;
let server: RecordingServer;
const clock = { now: 0 };

beforeAll(async () => {
  store = await startParameterStore();
  server = store.server;
  process.env.AWS_ENDPOINT_URL_SSM = server.url;
  process.env.AWS_MAX_ATTEMPTS = '1';
});
beforeEach(() => {
  clock.now = Date.UTC(2026, 0, 1);
  store.parameters.clear();
  store.trouble.length = 0;
  server.requests.length = 0;
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_SSM;
  delete process.env.AWS_MAX_ATTEMPTS;
  await server.close();
});

const openSettings = () =>
  createSettings<{ key: string }>({
    read: createParameterReader(),
    tenants: ['acme', 'outlet'],
    nameOf: (tenant) => `/merge-sync/${tenant}/door`,
    parse: (name, text) => {
      if (!text.startsWith('{')) throw new ConfigError(`${name}: is not valid JSON`);
      return JSON.parse(text);
    },
    now: () => clock.now,
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
    'for the unknown name "%s" nobody is asked',
    async (name) => {
      expect(await openSettings()(name)).toBeUndefined();
      expect(server.requests).toEqual([]);
    },
  );
});

describe('while the parameter store is down', () => {
  it.each<[string, ScriptedAnswer]>([
    ['refuses', { status: 503, body: '{"__type":"InternalServerError"}' }],
    ['hangs up', 'hang-up'],
  ])('and %s, settings in hand go on serving, and it is asked every ten seconds only', async (_how, trouble) => {
    rotate('one');
    const settings = openSettings();
    await settings('acme');
    store.trouble.push(trouble);
    clock.now += MAX_AGE;
    for (let second = 0; second < 30; second++, clock.now += 1_000)
      expect(await settings('acme')).toEqual({ key: 'one' });
    expect(server.requests).toHaveLength(1 + 3);
    store.trouble.length = 0;
    rotate('two');
    clock.now += 10_000;
    expect(await settings('acme')).toEqual({ key: 'two' });
  });

  it('but not for longer than an hour: a withdrawn key must end some time', async () => {
    rotate('one');
    const settings = openSettings();
    await settings('acme');
    store.trouble.push({ status: 503 });
    clock.now += 60 * MINUTE - 1;
    expect(await settings('acme')).toEqual({ key: 'one' });
    clock.now += 60 * MINUTE;
    await expect(settings('acme')).rejects.toThrow(StoreError);
  });

  it('a tenant nothing is known of yet is not served, and the error says what could not be read', async () => {
    store.trouble.push({ status: 400, body: '{"__type":"AccessDeniedException","message":"arn:aws:iam::1:role"}' });
    await expect(openSettings()('acme')).rejects.toThrow(
      new StoreError('SSM: /merge-sync/acme/door cannot be read (AccessDeniedException)'),
    );
  });
});

describe('a parameter that is wrong', () => {
  it('or missing, is named with what to do', async () => {
    await expect(openSettings()('acme')).rejects.toThrow(
      'SSM: there is no parameter /merge-sync/acme/door; create it as a SecureString',
    );
  });

  it('promise 11: is named without its value', async () => {
    store.parameters.set('/merge-sync/acme/door', 'secret-token');
    await expect(openSettings()('acme')).rejects.toThrow(new ConfigError('/merge-sync/acme/door: is not valid JSON'));
  });

  it('does not replace settings that were right, until they are too old', async () => {
    rotate('one');
    const settings = openSettings();
    await settings('acme');
    store.parameters.set('/merge-sync/acme/door', 'oops');
    clock.now += MAX_AGE;
    expect(await settings('acme')).toEqual({ key: 'one' });
    clock.now += 60 * MINUTE;
    await expect(settings('acme')).rejects.toThrow(ConfigError);
  });
});
