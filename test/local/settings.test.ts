import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readLocalSettings } from '../../lib/local/settings.ts';
import { acmeAdapter } from '../docs/example-adapter.ts';
import { KEYS, KEYS_ENV } from './sender.ts';
import { groupIsGone, killAll, spawnStack } from './stack-process.ts';

afterAll(killAll);

const problems = async (env: Record<string, string>) => {
  try {
    await readLocalSettings(env);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

describe('the environment of npm start', () => {
  it('needs nothing: every variable has a default', async () => {
    const settings = await readLocalSettings({});
    expect(settings).toMatchObject({ port: 3000, sample: true, jsonLog: false, language: 'en', dataDir: undefined });
    expect(settings.crm).toEqual({ crm: undefined, policy: {}, mapping: {} });
    expect(settings.keys.token).toMatch(/^\w{32}$/);
    expect(settings.keys.encodingAesKey).toMatch(/^[A-Za-z0-9]{43}$/);
  });

  it('generates only the keys that are left out, and different ones each time', async () => {
    const { keys } = await readLocalSettings({ DUSTESS_TOKEN: 'mine' });
    expect(keys).toMatchObject({ token: 'mine', generated: ['encodingAesKey', 'receiveId'] });
    const [one, other] = [await readLocalSettings({}), await readLocalSettings({})];
    expect(one.keys.token).not.toBe(other.keys.token);
    expect((await readLocalSettings(KEYS_ENV)).keys).toEqual({ ...KEYS, generated: [] });
  });

  it('takes an empty variable for one that is not set', async () => {
    const empty = { PORT: '', CRM: '', SAMPLE: '', LOG: '', DATA_DIR: '', POLICY: '', MAPPING: '', DUSTESS_TOKEN: '' };
    expect(await readLocalSettings(empty)).toMatchObject({ port: 3000, sample: true, dataDir: undefined });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ PORT: 'http' }, /^PORT must be a whole number from 0 to 65535$/],
    [{ PORT: '65536' }, /^PORT must be/],
    [{ PORT: '0x50' }, /^PORT must be/],
    [{ PORT: '3e3' }, /^PORT must be/],
    [{ PORT: ' 3000' }, /^PORT must be/],
    [{ MAPPING: '[]' }, /mapping: expected an object$/],
    [{ POLICY: '[]' }, /policy: expected an object$/],
    [{ SAMPLE: 'yes' }, /^SAMPLE must be 0 or 1$/],
    [{ LOG: 'debug' }, /^LOG must be 0 or 1$/],
    [{ DUSTESS_ENCODING_AES_KEY: 'too short' }, /^DUSTESS_ENCODING_AES_KEY: .*43 characters.* or leave it out/],
    [{ DUSTESS_PLAIN_SECRET: 'short' }, /^DUSTESS_PLAIN_SECRET needs 24 to 128 characters/],
    [{ CRM: 'sap' }, /^CRM must be one of demo, http, hubspot, salesforce/],
    [{ CRM: 'http' }, /^CRM=http needs CRM_HTTP_ENDPOINT and CRM_HTTP_SECRET$/],
    [{ CRM: 'http', CRM_HTTP_ENDPOINT: 'crm.example', CRM_HTTP_SECRET: 's' }, /must be a URL that begins with https/],
    [{ CRM: 'http', CRM_HTTP_ENDPOINT: 'http://crm.example', CRM_HTTP_SECRET: 's' }, /"allowInsecure": true/],
    [{ CRM: 'http', CRM_HTTP_ENDPOINT: 'http://127.0.0.1:6000', CRM_HTTP_SECRET: 's' }, /fetch refuses port 6000/],
    [{ CRM: 'http', CRM_HTTP_ENDPOINT: 'http://127.0.0.1', CRM_HTTP_SECRET: 's' }, /does not begin with whsec_/],
    [{ CRM: 'hubspot' }, /^CRM=hubspot needs HUBSPOT_TOKEN$/],
    [{ CRM: 'salesforce' }, /^CRM=salesforce needs SALESFORCE_INSTANCE_URL and SALESFORCE_TOKEN$/],
    [{ POLICY: '{' }, /^POLICY: is not valid JSON/],
    [{ POLICY: '{"mode":"dry-run"}' }, /policy\.mode: expected/],
    [{ MAPPING: '{"remark":7}' }, /remark/],
    [{ DATA_DIR: `${__filename}/data` }, /^DATA_DIR cannot be used, .*: name a folder of yours/],
  ])('says what is wrong with %j, and what to do', async (env, sentence) => {
    expect(await problems(env)).toEqual([expect.stringMatching(sentence)]);
  });

  it('takes http:// to another machine when that is asked for', async () => {
    const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
    const env = { CRM: 'http', CRM_HTTP_ENDPOINT: 'http://crm.example', CRM_HTTP_SECRET: secret };
    expect(await problems({ ...env, CRM_ALLOW_INSECURE: '1' })).toEqual([]);
    expect(await problems({ ...env, CRM_ALLOW_INSECURE: 'yes' })).toHaveLength(1);
  });

  it('says all of it at once', async () => {
    const env = { PORT: 'x', SAMPLE: 'x', CRM: 'http', DUSTESS_ENCODING_AES_KEY: 'x' };
    expect(await problems(env)).toHaveLength(4);
  });

  it('never quotes a value: it may be a key', async () => {
    const secret = 'S3CRET-value';
    const env = {
      DUSTESS_ENCODING_AES_KEY: secret,
      DUSTESS_PLAIN_SECRET: secret,
      CRM: secret,
      POLICY: secret,
      LOG: secret,
    };
    expect(await problems(env)).toHaveLength(5);
    expect((await problems(env)).join()).not.toContain(secret);
  });

  it.each([
    [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
    [{ LC_ALL: 'zh_TW.UTF-8', LANG: 'en_US.UTF-8' }, 'zh'],
    [{ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
  ])('speaks the language of the terminal: %j', async (env, language) => {
    expect(await readLocalSettings(env)).toMatchObject({ language });
  });

  it.each([
    [
      { CRM: 'hubspot', HUBSPOT_TOKEN: 't', HUBSPOT_BASE_URL: 'http://127.0.0.1:9999', HUBSPOT_ID_PROPERTY: 'p' },
      { kind: 'hubspot', token: 't', baseUrl: 'http://127.0.0.1:9999', idProperty: 'p' },
    ],
    [
      {
        CRM: 'salesforce',
        SALESFORCE_INSTANCE_URL: 'https://a.my.salesforce.com',
        SALESFORCE_TOKEN: 't',
        SALESFORCE_ID_FIELD: 'F__c',
      },
      { kind: 'salesforce', instanceUrl: 'https://a.my.salesforce.com', credentials: { token: 't' }, idField: 'F__c' },
    ],
  ])('hands a CRM its own settings and no others: %j', async (env, crm) => {
    expect((await readLocalSettings(env)).crm).toEqual({ crm, policy: {}, mapping: {} });
  });
});

async function exitOf(env: Record<string, string>) {
  const { child, text } = spawnStack(env);
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, ...text, left: !(await groupIsGone(child)) };
}

describe('npm start, when it cannot', () => {
  it('ends with every problem on stderr, a line each, and no stack trace', async () => {
    const ended = await exitOf({ PORT: 'x', CRM: 'http' });
    expect(ended).toMatchObject({ code: 1, stdout: '', left: false });
    expect(ended.stderr.trim().split('\n')).toEqual([
      'PORT must be a whole number from 0 to 65535',
      'CRM=http needs CRM_HTTP_ENDPOINT and CRM_HTTP_SECRET',
    ]);
  });

  it('says that the port is taken, and how to choose another one', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ended = await exitOf({ PORT: String(port) });
    server.close();
    expect(ended).toMatchObject({ code: 1, left: false });
    expect(ended.stderr).toBe(
      `Port ${port} is taken: stop what uses it, or choose another one, as in PORT=${port + 1} npm start\n`,
    );
  });
});

it('an adapter of another project is the CRM without a word, and gets no sample; CRM=demo is still there', async () => {
  const env = { CRM_SETTINGS: '{"baseUrl":"http://127.0.0.1:1","token":"secret"}' };
  const settings = { baseUrl: 'http://127.0.0.1:1', token: 'secret', kind: 'acme' };
  expect(await readLocalSettings(env, [acmeAdapter])).toMatchObject({ sample: false, crm: { crm: settings } });
  const demo = await readLocalSettings({ ...env, CRM: 'demo' }, [acmeAdapter]);
  expect([demo.sample, demo.crm.crm]).toEqual([true, undefined]);
  await expect(readLocalSettings({ CRM_SETTINGS: '{}' }, [acmeAdapter])).rejects.toThrow('baseUrl');
  await expect(readLocalSettings({ CRM: 'acne' }, [acmeAdapter])).rejects.toThrow('acme');
});
