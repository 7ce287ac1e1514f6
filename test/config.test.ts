import * as v from 'valibot';
import { IntakeSettingsSchema, readJson, readSettings } from '../lib/config.ts';
import { TenantCrmSchema } from '../lib/crm/registry.ts';
import { ConfigError } from '../lib/errors.ts';

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

const KEY = { token: 't', encodingAesKey: 'a'.repeat(43) };
const HTTP = { kind: 'http', endpoint: 'https://crm.example/merges', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const SALESFORCE = { kind: 'salesforce', instanceUrl: 'https://acme.my.salesforce.com' };
const crm = (settings: unknown) => refusal(() => readSettings(TenantCrmSchema, 'crm', settings));
const door = (settings: unknown) => refusal(() => readSettings(IntakeSettingsSchema, 'door', settings));

describe('a key that a schema does not know is named with the one that was probably meant', () => {
  it.each<[string, string]>([
    [crm({ crm: HTTP, maping: {} }), 'unknown key maping, did you mean mapping'],
    [crm({ crm: HTTP, Policy: {} }), 'unknown key Policy, did you mean policy'],
    [crm({ crm: { ...HTTP, timeout_ms: 500 } }), 'unknown key crm.timeout_ms, did you mean crm.timeoutMs'],
    [crm({ crm: HTTP, policy: { mod: 'observe' } }), 'unknown key policy.mod, did you mean policy.mode'],
    [
      crm({ crm: HTTP, policy: { limits: { mergePerHour: 5 } } }),
      'unknown key policy.limits.mergePerHour, did you mean policy.limits.mergesPerHour',
    ],
    [
      crm({ crm: { ...SALESFORCE, credentials: { clientId: 'c', clientSecrt: 's' } } }),
      'unknown key crm.credentials.clientSecrt, did you mean crm.credentials.clientSecret',
    ],
    [
      door({ keys: [{ ...KEY, encodingAESKey: 'x' }], receiveIds: ['*'] }),
      'unknown key keys.0.encodingAESKey, did you mean keys.0.encodingAesKey',
    ],
    [door({ keys: [KEY], recieveIds: ['*'] }), 'unknown key recieveIds, did you mean receiveIds'],
    [
      door({ keys: [KEY], receiveIds: ['*'], plainText: { sourcs: ['192.0.2.1'] } }),
      'unknown key plainText.sourcs, did you mean plainText.sources',
    ],
  ])('%s', (message, expected) => {
    expect(message).toContain(expected);
    expect(message).not.toContain('never');
  });

  it('and with all known ones where none is near', () => {
    expect(crm({ crm: HTTP, webhooks: 1 })).toBe('crm: unknown key webhooks (known: crm, policy, mapping)');
  });

  it('and what is there in another form is not said to be missing', () => {
    expect(crm({ crm: HTTP, policy: 5 })).toBe('crm: policy: expected an object');
  });

  it('and what is missing is named, at any depth', () => {
    expect(crm({})).toContain('crm is missing');
    expect(crm({ crm: { kind: 'http', endpoint: 'x' } })).toContain('crm.secret is missing');
    expect(crm({ crm: { ...SALESFORCE, credentials: { clientId: 'c', username: 'u' } } })).toContain(
      'crm.credentials.privateKey is missing',
    );
    expect(door({ keys: [{ token: 't' }], receiveIds: ['*'] })).toContain('keys.0.encodingAesKey is missing');
  });

  it('no message has a value in it', () => {
    const secret = 'a-secret-value';
    const wrong = [
      crm({ crm: { ...HTTP, kind: secret } }),
      crm({ crm: { ...HTTP, endpoint: [secret] } }),
      crm({ crm: secret }),
      crm({ crm: HTTP, policy: { mode: secret } }),
      crm({ crm: { ...SALESFORCE, credentials: secret } }),
      door({ keys: [{ token: 't', encodingAesKey: secret }], receiveIds: secret }),
    ];
    for (const message of wrong) expect(message).not.toContain(secret);
  });

  it('a key of any length and form is told without delay', () => {
    expect(crm({ crm: HTTP, ['x'.repeat(1_000_000)]: 1 }).length).toBeLessThan(1_000_000 + 200);
    expect(crm({ crm: HTTP, ['x'.repeat(1_000_000)]: 1 })).not.toContain('x'.repeat(200));
    expect(
      refusal(() => readSettings(v.strictObject({ a: v.number() }), 's', JSON.parse('{"__proto__":1,"a":1}'))),
    ).toBe('s: unknown key __proto__ (known: a)');
  });
});

describe('JSON', () => {
  it('is read with a byte order mark before it', () => {
    expect(readJson('f', '\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  it('that is broken is told with its place and without its text', () => {
    expect(refusal(() => readJson('f', '{"mode":\n"secret",}'))).toBe('f: is not valid JSON (line 2, character 10)');
    expect(refusal(() => readJson('f', 'secret'))).toMatch(/^f: is not valid JSON/);
    expect(refusal(() => readJson('f', ' \uFEFF'))).not.toContain('secret');
    expect(refusal(() => readJson('f', '\uFEFF'))).toBe('f: is empty');
  });
});
