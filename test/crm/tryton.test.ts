import { readSettings } from '../../lib/config.ts';
import { createTrytonCrm, TrytonSettingsSchema } from '../../lib/crm/tryton/tryton.ts';
import { ConfigError, CrmError } from '../../lib/errors.ts';
import { type ScriptedAnswer, startRecordingServer } from '../contracts/recording-server.ts';

// What a live server cannot be made to say; everything else is tested against one, in test/tryton.

const NOW = Date.UTC(2026, 10, 24);
const NAMES = 'Zhang San';

async function failureTo(answer: ScriptedAnswer, operation: 'find' | 'create' = 'create'): Promise<CrmError> {
  const server = await startRecordingServer(({ body }) =>
    body.includes('common.db.login') ? { status: 200, body: '{"id":1,"result":[1,"abc"]}' } : answer,
  );
  const access = { baseUrl: server.url, database: 'crm', username: 'u', password: 'p', fetch, now: () => NOW };
  const crm = createTrytonCrm({ ...access, timeoutMs: 2_000 });
  const attempt = operation === 'find' ? crm.find(['ada'], []) : crm.create?.({ contactId: 'ada', values: {} });
  const error = await Promise.resolve(attempt).catch((thrown: unknown) => thrown);
  await server.close();
  expect(error).toBeInstanceOf(CrmError);
  expect(`${(error as CrmError).message}${(error as CrmError).code}`).not.toContain(NAMES);
  return error as CrmError;
}

const refusing = (...error: unknown[]): ScriptedAnswer => ({ status: 200, body: JSON.stringify({ id: 1, error }) });

describe('what Tryton’s answers mean', () => {
  it.each<[string, ScriptedAnswer, string, string]>([
    ['a user error', refusing('UserError', [`${NAMES} is wrong`, '']), 'permanent', 'UserError'],
    ['a warning where none is expected', refusing('UserWarning', ['key', NAMES, '']), 'permanent', 'UserWarning'],
    ['a change in the meantime', refusing('ConcurrencyException', 'modified'), 'retry-soon', 'ConcurrencyException'],
    ['a database that is busy', refusing('database is locked', ''), 'retry-soon', 'DatabaseLocked'],
    ['an exception of its own', refusing(`KeyError: ${NAMES}`, ''), 'permanent', 'Exception'],
    ['an exception named like a method of every object', refusing('constructor', ''), 'permanent', 'Exception'],
    ['another factor to sign in', refusing('LoginException', ['sms', NAMES]), 'auth', 'LoginException'],
    ['half an answer', { status: 200, body: '{"id":1,"res' }, 'ambiguous', 'http-200'],
    ['an answer that breaks off', 'hang-up-in-body', 'ambiguous', 'UND_ERR_SOCKET'],
    ['a crash', { status: 500, body: NAMES }, 'ambiguous', 'http-500'],
    ['a database that does not exist', { status: 404 }, 'permanent', 'http-404'],
    ['a method that is not allowed', { status: 403 }, 'auth', 'http-403'],
    ['a session that ends again and again', { status: 401 }, 'auth', 'SAME_TOKEN'],
  ])('%s', async (_, answer, kind, code) => {
    const error = await failureTo(answer);
    expect([error.kind, error.code]).toEqual([kind, code]);
  });

  it('too many requests wait for as long as the server says', async () => {
    const error = await failureTo({ status: 429, headers: { 'retry-after': '7' } });
    expect([error.kind, error.retryAt]).toEqual(['retry-after', NOW + 7_000]);
  });

  it('a read without a usable answer is simply made again', async () => {
    expect((await failureTo({ status: 200, body: '<html>' }, 'find')).kind).toBe('retry-soon');
    expect((await failureTo({ status: 200, body: '{"id":1,"result":7}' }, 'find')).kind).toBe('retry-soon');
    expect((await failureTo({ status: 503 }, 'find')).kind).toBe('retry-soon');
  });
});

it('settings are refused with the key that is wrong, and without the password', () => {
  const good = { kind: 'tryton', baseUrl: 'https://t.example', database: 'd', username: 'u', password: 'my-password' };
  expect(readSettings(TrytonSettingsSchema, 'tenant acme', good)).toMatchObject({ timeoutMs: 10_000 });
  const read = () =>
    readSettings(TrytonSettingsSchema, 'tenant acme', { ...good, baseUrl: 'http://t.example', user: 1 });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow('tenant acme: baseUrl: must be an https address');
  expect(read).not.toThrow('my-password');
});
