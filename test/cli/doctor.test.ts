import { type RecordingServer, type ScriptedAnswer, startRecordingServer } from '../contracts/recording-server.ts';
import { KEYS } from '../dustess/sealing.ts';
import { createHubspotLookalike } from '../lookalikes/hubspot.ts';
import { run } from './console.ts';

let server: RecordingServer;
let answer: ScriptedAnswer = { status: 204 };
beforeAll(async () => {
  server = await startRecordingServer(() => answer);
});
afterAll(() => server.close());
beforeEach(() => {
  answer = { status: 204 };
});

const SECRET = `whsec_${Buffer.from('not a published one: 32 bytes').toString('base64')}`;
const http = (endpoint: string) => JSON.stringify({ crm: { kind: 'http', endpoint, secret: SECRET } });

describe('merge-sync doctor', () => {
  it('finds an in-house CRM that answers in order, with a signed ping and no command', async () => {
    const { code, out } = await run(['doctor', '--crm', '-'], { stdin: http(`${server.url}/merges`) });
    expect(out).toContain('ok     endpoint: accepts a signed ping (204)');
    expect(out).toContain('ok     transport: contacts stay on this machine');
    expect(out).toContain('WRONG  clock: this machine is'); // The test's command lives on another day.
    expect(code).toBe(1);
    expect(server.requests.map(({ method, body }) => [method, JSON.parse(body).type])).toEqual([['POST', 'ping']]);
  });

  it.each([
    ['a redirect', { status: 301, headers: { location: '/elsewhere' } }, 'redirects are not followed'],
    ['a server that is down', { status: 503 }, 'endpoint: answers 503'],
    ['a server that hangs up', 'hang-up' as const, 'got no answer'],
  ])('says what to do about %s', async (_what, given, advice) => {
    answer = given;
    const { code, out } = await run(['doctor', '--crm', '-'], { stdin: http(`${server.url}/merges`) });
    expect(out).toContain(advice);
    expect(code).toBe(1);
    expect(out).not.toContain(SECRET);
  });

  it('names the kind of settings once, in both languages', async () => {
    const files = { 'door.json': '{"keys":[]}', 'crm.json': '{"crm":{"kind":"http"}}' };
    const said = async (args: string[], env = {}) => (await run(['doctor', ...args], { files, env })).out;
    expect(await said(['--door', 'door.json'])).toContain('WRONG  door settings: keys: must not be empty');
    expect(await said(['--crm', 'crm.json'])).toContain('WRONG  CRM settings: crm.endpoint is missing');
    const env = { LANG: 'zh_CN.UTF-8' };
    expect(await said(['--door', 'door.json'], env)).toContain('接收配置：keys：不能为空');
    expect(await said(['--crm', 'crm.json'], env)).toContain('CRM 配置：缺少 crm.endpoint');
  });

  it('names wrong settings with their place and never their value', async () => {
    const stdin = JSON.stringify({
      crm: { kind: 'http', endpoint: 'https://a.example', secret: SECRET, tokn: 'hidden' },
    });
    const { code, out } = await run(['doctor', '--crm', '-'], { stdin });
    expect(out).toContain('WRONG  CRM settings: unknown key crm.tokn (known: kind, endpoint, secret, ');
    expect(out).not.toContain('hidden');
    expect(code).toBe(1);
  });

  it.each([
    [true, true, 'hubspot', 'ok     contact events: events about single contacts link new people'],
    [true, false, 'hubspot', 'WARN   contact events: events about single contacts are stored and link nothing'],
    [false, true, 'hubspot', 'WARN   contact events: policy.link does nothing'],
    [true, true, 'http', 'WARN   contact events: a CRM of kind http is only told'],
    [false, false, 'hubspot', undefined],
  ])('says whether contactEvents (%s) and policy.link (%s) go together at a %s', async (stored, linked, kind, line) => {
    answer = { status: 401 };
    const door = { keys: [{ token: 't', encodingAesKey: 'a'.repeat(43) }], receiveIds: ['*'], contactEvents: stored };
    const hubspot = { kind, token: 't', baseUrl: server.url };
    const crm = kind === 'http' ? { kind, endpoint: `${server.url}/merges`, secret: SECRET } : hubspot;
    const policy = linked ? { link: { events: ['mobile'] } } : {};
    const files = { 'door.json': JSON.stringify(door), 'crm.json': JSON.stringify({ crm, policy }) };
    const { out } = await run(['doctor', '--door', 'door.json', '--crm', 'crm.json'], { files });
    if (line === undefined) expect(out).not.toContain('contact events');
    else expect(out).toContain(line);
  });

  it('looks at the door settings too', async () => {
    const good = { keys: [{ token: 't', encodingAesKey: 'a'.repeat(43) }], receiveIds: ['*'] };
    const files = { 'door.json': JSON.stringify(good), 'bad.json': '{"keys":[],"receiveIds":[]}' };
    expect((await run(['doctor', '--door', 'door.json'], { files })).out).toContain('1 key pair(s) in force');
    const { code, out } = await run(['doctor', '--door', 'bad.json'], { files });
    expect(out).toContain('WRONG  door settings');
    expect(code).toBe(1);
  });

  it.each([
    ['尘锋’s example', KEYS],
    ['the Token of this repository’s page', { token: 'TOKEN-FROM-KEYGEN', encodingAesKey: 'b'.repeat(43) }],
    [
      'the EncodingAESKey of this repository’s page',
      { token: 't', encodingAesKey: 'TheFortyThreeCharactersThatKeygenPrintedXYZ' },
    ],
  ])('refuses published keys: %s', async (_, keys) => {
    const files = { 'door.json': JSON.stringify({ keys: [keys], receiveIds: ['*'] }) };
    const { code, out } = await run(['doctor', '--door', 'door.json'], { files });
    expect(out).toContain('WRONG  door keys: a Token or EncodingAESKey stands in published examples');
    expect(out).not.toContain(keys.encodingAesKey);
    expect(code).toBe(1);
  });

  it('warns about a field to be left out that is misspelt', async () => {
    const keys = [{ token: 't', encodingAesKey: 'b'.repeat(43) }];
    const omitFields = ['idCrad', 'remark', 'customFields.field10', 'mobiles'];
    const files = { 'door.json': JSON.stringify({ keys, receiveIds: ['*'], omitFields }) };
    const { code, out } = await run(['doctor', '--door', 'door.json'], { files });
    expect(out).toContain('WARN   door omitFields: idCrad is no documented field of 尘锋, did you mean idCard');
    expect(out.match(/omitFields/g)).toHaveLength(1);
    expect(code).toBe(0);
    const crm = { kind: 'http', endpoint: `${server.url}/merges`, secret: SECRET };
    const ran = await run(['doctor', '--crm', '-'], {
      stdin: JSON.stringify({ crm, policy: { omitFields: ['idcard'] } }),
    });
    expect(ran.out).toContain('WARN   policy omitFields: idcard is no documented field of 尘锋, did you mean idCard');
  });

  it('examines HubSpot and creates with --fix what merges need', async () => {
    const lookalike = createHubspotLookalike({ now: Date.now, token: 'pat-test' });
    const portal = await lookalike.listen();
    const stdin = JSON.stringify({ crm: { kind: 'hubspot', token: 'pat-test', baseUrl: portal.url } });
    try {
      const before = await run(['doctor', '--crm', '-', '--json'], { stdin });
      expect(failedChecks(before.out).some((check) => check.includes('dustess_contact_id'))).toBe(true);
      await run(['doctor', '--crm', '-', '--fix'], { stdin });
      const after = await run(['doctor', '--crm', '-', '--json'], { stdin });
      expect(failedChecks(after.out).some((check) => check.includes('dustess_contact_id'))).toBe(false);
    } finally {
      await portal.close();
    }
  });

  it('says what it needs to know', async () => {
    const { code, err } = await run(['doctor'], { env: {} });
    expect(code).toBe(2);
    expect(err).toContain('say what to check: --prefix');
  });
});

const failedChecks = (json: string): string[] =>
  (JSON.parse(json) as { check: string; ok: boolean }[]).filter(({ ok }) => !ok).map(({ check }) => check);

describe('merge-sync doctor --local', () => {
  it('says that the demo CRM needs no check, where no variable names a CRM', async () => {
    const { code, out } = await run(['doctor', '--local'], { env: {} });
    expect(out).toContain('ok     CRM settings: no CRM is named in the variables of this terminal');
    expect(out).not.toContain('WRONG');
    expect(code).toBe(0);
  });

  it('checks the CRM that the variables name', async () => {
    const env = { CRM: 'http', CRM_HTTP_ENDPOINT: `${server.url}/merges`, CRM_HTTP_SECRET: SECRET };
    const { out } = await run(['doctor', '--local'], { env, now: Date.now });
    expect(out).toContain('ok     endpoint: accepts a signed ping (204)');
  });
});
