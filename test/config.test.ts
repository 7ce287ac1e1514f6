import * as v from 'valibot';
import { IntakeSettingsSchema, numberFrom, readJson, readSettings, wholeNumberIn } from '../lib/config.ts';
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

describe('a list where an object belongs is refused: read as one, it would say nothing', () => {
  const base = { keys: [KEY], receiveIds: ['*'] };

  it.each<[string, string]>([
    [crm([]), 'crm: settings: expected an object'],
    [
      crm({ crm: [] }),
      'crm: crm.kind: expected "http" or "hubspot" or "salesforce" or "dynamics" or "pipedrive" or "tryton"',
    ],
    [crm({ crm: HTTP, mapping: [] }), 'crm: mapping: expected an object'],
    [crm({ crm: HTTP, policy: [] }), 'crm: policy: expected an object'],
    [crm({ crm: HTTP, policy: { limits: [] } }), 'crm: policy.limits: expected an object'],
    [crm({ crm: HTTP, policy: { link: [] } }), 'crm: policy.link: expected an object'],
    [crm({ crm: HTTP, policy: [], mapping: [] }), 'crm: policy: expected an object; mapping: expected an object'],
    [door([]), 'door: settings: expected an object'],
    [door({ ...base, keys: [KEY, []] }), 'door: keys.1: expected an object'],
    [door({ ...base, plainText: [] }), 'door: plainText: expected an object'],
    [
      refusal(() => readSettings(v.strictObject({ profiles: v.record(v.string(), v.strictObject({})) }), 'f', [])),
      'f: settings: expected an object',
    ],
    [
      refusal(() =>
        readSettings(v.strictObject({ profiles: v.record(v.string(), v.strictObject({})) }), 'f', {
          profiles: { prod: [] },
        }),
      ),
      'f: profiles.prod: expected an object',
    ],
  ])('%s', (message, expected) => {
    expect(message).toBe(expected);
  });

  it.each<[string, string]>([
    [crm({ crm: HTTP, policy: { omitFields: {} } }), 'crm: policy.omitFields: expected a list'],
    [crm({ crm: HTTP, policy: { link: { events: {} } } }), 'crm: policy.link.events: expected a list'],
    [
      crm({ crm: { ...SALESFORCE, credentials: { token: 't' }, journalFields: {} } }),
      'crm: crm.journalFields: expected a list',
    ],
    [door({ keys: {}, receiveIds: {} }), 'door: keys: expected a list; receiveIds: expected a list'],
    [door({ ...base, accounts: {} }), 'door: accounts: expected a list'],
    [door({ ...base, omitFields: {} }), 'door: omitFields: expected a list'],
    [door({ ...base, plainText: { sources: {} } }), 'door: plainText.sources: expected a list'],
  ])('and an object where a list belongs: %s', (message, expected) => {
    expect(message).toBe(expected);
  });
});

describe('a whole number in a text has decimal digits alone', () => {
  it.each(['0x50', '1e2', ' 80', '80 ', '80.0', '+80', '-80', '8_0', '0b1', '８０', '', 'Infinity', '9'.repeat(17)])(
    '%j is none',
    (text) => {
      expect(wholeNumberIn(text, 0, Number.MAX_SAFE_INTEGER)).toBeUndefined();
      if (text !== '') expect(() => numberFrom({ DAYS: text }, 'DAYS', 90, 15)).toThrow(/^DAYS must be a whole number/);
    },
  );

  it('within its range, both ends included', () => {
    expect(['14', '15', '20', '21'].map((text) => wholeNumberIn(text, 15, 20))).toEqual([undefined, 15, 20, undefined]);
    expect(numberFrom({ DAYS: '0090' }, 'DAYS', 1, 15, 90)).toBe(90);
    expect(numberFrom({ DAYS: '' }, 'DAYS', 1, 15, 90)).toBe(1);
  });
});

describe('JSON', () => {
  it('is read with a byte order mark before it', () => {
    expect(readJson('f', '\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  it.each<[string, string]>([
    ['{"a":1,"a":1}', 'a'],
    ['{"mapping":{"remark":"x","b":{},"remark":"y"}}', 'mapping.remark'],
    ['{"keys":[{"token":"s"},{"token":"s","token":"t"}]}', 'keys.1.token'],
    ['{"k\\u0061y":["a",{"x":[]}],"kay":1}', 'kay'],
    ['{"":{"":1,"b":"}\\"{","":2}}', '.'],
  ])('with a key twice is refused, for only the last would count: %s', (json, path) => {
    expect(refusal(() => readJson('f', json))).toBe(`f: ${path} is there twice, and only one can be meant`);
  });

  it.each([
    '[1,1,"a","a",{"a":1},{"a":1}]',
    '{"a":{"a":{"a":"a"}},"b":"a\\",\\"a"}',
    '{"a":["a","a"],"b":{"a":1},"c":{"a":1}}',
    '"a"',
    `{"a":"${'x'.repeat(2_000_000)}"}`,
  ])('that only looks so is read: %.60s', (json) => {
    expect(readJson('f', json)).toEqual(JSON.parse(json));
  });

  it('that is broken is told with its place and without its text', () => {
    expect(refusal(() => readJson('f', '{"mode":\n"secret",}'))).toBe('f: is not valid JSON (line 2, character 10)');
    expect(refusal(() => readJson('f', 'secret'))).toMatch(/^f: is not valid JSON/);
    expect(refusal(() => readJson('f', ' \uFEFF'))).not.toContain('secret');
    expect(refusal(() => readJson('f', '\uFEFF'))).toBe('f: is empty');
  });
});

describe('what is copied into settings', () => {
  const base = { keys: [KEY], receiveIds: ['r'] };

  it.each<[string, object]>([
    ['keys.0.token', { ...base, keys: [{ ...KEY, token: 't\n' }] }],
    ['receiveIds.0', { ...base, receiveIds: [' r'] }],
    ['accounts.0', { ...base, accounts: ['W1\u3000'] }],
    ['omitFields.0', { ...base, omitFields: ['idCard '] }],
  ])('%s with a blank around it would never fit, and is refused', (place, settings) => {
    expect(door(settings)).toBe(`door: ${place}: must not begin or end with a blank or a line end`);
  });

  it.each(['10.0.0.0/8', 'localhost', '192.0.2', '192.0.2.7:443'])('%s is no source address', (source) => {
    expect(door({ ...base, plainText: { sources: [source] } })).toBe(
      'door: plainText.sources.0: needs single addresses such as 192.0.2.7, no ranges and no names',
    );
  });

  it('addresses of both kinds and blanks inside are taken', () => {
    const settings = {
      keys: [{ ...KEY, token: 'a b' }],
      receiveIds: ['*'],
      plainText: { sources: ['::1', '192.0.2.7'] },
    };
    expect(readSettings(IntakeSettingsSchema, 'door', settings)).toMatchObject(settings);
  });
});

describe('what a value should be is said in words', () => {
  it.each<[object, string]>([
    [{ mergesPerHour: 0 }, 'must be 1 or more'],
    [{ mergesPerHour: 1e300 }, 'must be 10000000 or less'],
    [{ mergesPerHour: 1.5 }, 'needs a whole number'],
    [{ mergesPerHour: '5' }, 'expected a number'],
  ])('%j', (limits, words) => {
    expect(crm({ crm: HTTP, policy: { limits } })).toBe(`crm: policy.limits.mergesPerHour: ${words}`);
  });

  it('a switch and a secret, too', () => {
    expect(door({ keys: [KEY], receiveIds: ['r'], contactEvents: 'true' })).toBe(
      'door: contactEvents: expected true or false',
    );
    expect(door({ keys: [KEY], receiveIds: ['r'], plainText: { secret: 'x' } })).toBe(
      'door: plainText.secret: needs 24 to 128 characters of A-Z, a-z, 0-9, - and _',
    );
  });
});
