import { readSettings } from '../../../lib/config.ts';
import { TrytonSettingsSchema } from '../../../lib/crm/tryton/settings.ts';
import { createTrytonCrm } from '../../../lib/crm/tryton/tryton.ts';
import { ConfigError, CrmError } from '../../../lib/errors.ts';
import { type ScriptedAnswer, startRecordingServer } from '../../contracts/recording-server.ts';

// What a live server cannot be made to say; everything else is tested against one, in test/tryton.

const NOW = Date.UTC(2026, 10, 24);
const NAMES = 'Zhang San';

async function failureTo(answer: ScriptedAnswer, operation: 'find' | 'create' = 'create'): Promise<CrmError> {
  const server = await startRecordingServer(({ body }) =>
    body.includes('common.db.login') ? { status: 200, body: '{"id":1,"result":[1,"abc"]}' } : answer,
  );
  const access = { baseUrl: server.url, database: 'crm', username: 'u', password: 'p', fetch, now: () => NOW };
  const crm = createTrytonCrm({ ...access, timeoutMs: 20_000 });
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
    ['a lock, with SQLite', refusing('database is locked', ''), 'retry-soon', 'DatabaseLocked'],
    ['a deadlock', refusing(`deadlock detected\nDETAIL: ${NAMES}`, ''), 'retry-soon', 'DatabaseLocked'],
    [
      'a change at the same time',
      refusing('could not serialize access due to concurrent update', ''),
      'retry-soon',
      'DatabaseLocked',
    ],
    [
      'a lock, with PostgreSQL',
      refusing('could not obtain lock on row in relation', ''),
      'retry-soon',
      'DatabaseLocked',
    ],
    [
      'a statement that waits too long',
      refusing('canceling statement due to lock timeout', ''),
      'retry-soon',
      'DatabaseLocked',
    ],
    [
      'a database that starts',
      refusing('FATAL:  the database system is starting up', ''),
      'retry-soon',
      'DatabaseBusy',
    ],
    ['a database without room', refusing('FATAL:  sorry, too many clients already', ''), 'retry-soon', 'DatabaseBusy'],
    [
      'a database that goes away in between',
      refusing('server closed the connection unexpectedly', ''),
      'ambiguous',
      'DatabaseGone',
    ],
    [
      'a database that does not exist',
      refusing("Database '/db/x.sqlite' doesn't exist!", ''),
      'auth',
      'DatabaseUnknown',
    ],
    [
      'one that PostgreSQL does not know',
      refusing('FATAL: database "x" does not exist', ''),
      'auth',
      'DatabaseUnknown',
    ],
    [
      'a right that is missing',
      refusing('UserError', ['You are not allowed to access "Party".', '', null]),
      'auth',
      'AccessError',
    ],
    ['a wizard for others', refusing('UserError', ['ir.msg_access_wizard_error', '', null]), 'auth', 'AccessError'],
    [
      'a rule about records',
      refusing('UserError', ['You are not allowed to write to records "7" of "Party" because …', '', null]),
      'auth',
      'AccessError',
    ],
    ['an exception of its own', refusing(`KeyError: ${NAMES}`, ''), 'permanent', 'Exception'],
    ['an exception named like a method of every object', refusing('constructor', ''), 'permanent', 'Exception'],
    ['another factor to sign in', refusing('LoginException', ['sms', NAMES]), 'auth', 'LoginException'],
    ['half an answer', { status: 200, body: '{"id":1,"res' }, 'ambiguous', 'http-200'],
    ['a page of a proxy in place of an answer', { status: 200, body: '<html>' }, 'ambiguous', 'http-200'],
    ['an answer that breaks off', 'hang-up-in-body', 'ambiguous', 'UND_ERR_SOCKET'],
    ['a crash', { status: 500, body: NAMES }, 'ambiguous', 'http-500'],
    ['a proxy whose Tryton is down', { status: 502, body: '<html>' }, 'ambiguous', 'http-502'],
    ['a page that is not found', { status: 404, body: '<html>' }, 'retry-soon', 'http-404'],
    ['a redirect', { status: 302 }, 'retry-soon', 'http-302'],
    ['a request too large', { status: 413 }, 'permanent', 'http-413'],
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

describe('sign-in', () => {
  async function signingIn(...answers: ScriptedAnswer[]) {
    const clock = { now: NOW };
    let logins = 0;
    const server = await startRecordingServer(({ body }) => {
      if (!body.includes('common.db.login')) return { status: 200, body: '{"id":1,"result":[]}' };
      const answer = answers[logins] ?? { status: 200, body: '{"id":1,"result":[1,"abc"]}' };
      logins += 1;
      return answer;
    });
    const access = { baseUrl: server.url, database: 'crm', username: 'u', password: 'p', fetch, now: () => clock.now };
    const crm = createTrytonCrm({ ...access, timeoutMs: answers.includes('silence') ? 2_000 : 20_000 });
    const find = () => crm.find(['ada'], []).catch((thrown: unknown) => thrown as CrmError);
    return { find, clock, logins: () => logins, close: server.close };
  }

  it.each<[string, ScriptedAnswer, string, number | undefined]>([
    ['too many logins', { status: 429 }, 'retry-soon', undefined],
    ['too many logins, for a time', { status: 429, headers: { 'retry-after': '300' } }, 'retry-after', 300_000],
    ['a database that cannot be reached', { status: 404, body: '<html>' }, 'retry-soon', undefined],
    ['maintenance', { status: 503, headers: { 'retry-after': '60' } }, 'retry-after', 60_000],
    ['a crash', { status: 500 }, 'retry-soon', undefined],
    ['a page in place of an answer', { status: 200, body: '<html>' }, 'retry-soon', undefined],
    ['a database that starts', refusing('FATAL: the database system is starting up', ''), 'retry-soon', undefined],
    ['silence', 'silence', 'retry-soon', undefined],
  ])('passing: %s is tried again, and not before its time', async (_, answer, kind, waitMs) => {
    const { find, clock, logins, close } = await signingIn(answer);
    const error = (await find()) as CrmError;
    expect([error.kind, error.retryAt]).toEqual([kind, waitMs === undefined ? undefined : NOW + waitMs]);
    if (waitMs !== undefined) {
      await find();
      expect(logins()).toBe(1);
      clock.now += waitMs;
    }
    expect(await find()).toEqual([]);
    await close();
  });

  it.each<[string, ScriptedAnswer, string]>([
    ['a wrong password', { status: 401 }, 'http-401'],
    ['another factor', refusing('LoginException', ['sms', NAMES]), 'LoginException'],
    ['an answer that is no session', { status: 200, body: '{"id":1,"result":null}' }, 'LoginException'],
    ['an unknown database', refusing("Database 'x' doesn't exist!", ''), 'DatabaseUnknown'],
  ])('lasting: %s is a matter of credentials, and not tried again at once', async (_, answer, code) => {
    const { find, logins, close } = await signingIn(answer, answer);
    for (let time = 0; time < 2; time++) expect(await find()).toMatchObject({ kind: 'auth', code });
    expect(logins()).toBe(1);
    await close();
  });
});

describe('answers without end', () => {
  const answering = (answer: (ids: number[]) => object[]) => {
    let requests = 0;
    const crm = createTrytonCrm({
      baseUrl: 'https://t.example',
      database: 'crm',
      username: 'u',
      password: 'p',
      timeoutMs: 500,
      now: () => NOW,
      fetch: async (_url, init) => {
        const { method, params } = JSON.parse(String(init.body));
        if (method === 'common.db.login') return new Response('{"id":1,"result":[1,"abc"]}');
        requests += 1;
        return new Response(JSON.stringify({ id: 1, result: answer(params[0][0][2]) }));
      },
    });
    return { crm, requests: () => requests };
  };

  it('promise 7: a chain of replacements without end is cut, with a code that says so', async () => {
    const { crm, requests } = answering((ids) => ids.map((id) => ({ id, active: false, replaced_by: id + 1 })));
    await expect(crm.locate(['1'])).rejects.toMatchObject({ kind: 'permanent', code: 'REPLACEMENTS_TOO_LONG' });
    expect(requests()).toBeLessThan(150);
  });

  it('promise 7: parties that were not asked for do not make the questions grow', async () => {
    const { crm, requests } = answering(([id = 0]) =>
      Array.from({ length: 1_000 }, (_, index) => ({ id: id + 1 + index, active: false, replaced_by: id + 2_000 })),
    );
    expect(await crm.locate(['1'])).toEqual(new Map([['1', 'gone']]));
    expect(requests()).toBe(1);
  });
});

it('an id that no database can hold is not asked for, and not found', async () => {
  const fetched: string[] = [];
  const access = { baseUrl: 'https://t.example', database: 'crm', username: 'u', password: 'p', now: () => NOW };
  const never = async (url: string) => {
    fetched.push(url);
    return new Response('');
  };
  const crm = createTrytonCrm({ ...access, fetch: never, timeoutMs: 500 });
  expect(await crm.find(['a\ud800', 'a\u0000', ''], [])).toEqual([]);
  expect(fetched).toEqual([]);
});

it.each<[string, object, string]>([
  ['an unknown key', { user: 1 }, 'unknown key user (known: '],
  ['an address in plain text', { baseUrl: 'http://t.example' }, 'baseUrl begins with http://'],
  ['a port that fetch refuses', { baseUrl: 'https://t.example:6000' }, 'baseUrl: fetch refuses port 6000'],
])('settings with %s are refused with the key that is wrong, and without the password', (_, more, message) => {
  const good = { kind: 'tryton', baseUrl: 'https://t.example', database: 'd', username: 'u', password: 'my-password' };
  const open = (changes: object) =>
    createTrytonCrm({
      ...readSettings(TrytonSettingsSchema, 'tenant acme', { ...good, ...changes }),
      fetch,
      now: () => NOW,
    });
  expect(open({})).toMatchObject({ name: 'tryton' });
  expect(() => open(more)).toThrow(ConfigError);
  expect(() => open(more)).toThrow(message);
  expect(() => open(more)).not.toThrow('my-password');
});
