import {
  CREDENTIAL_CODES,
  DOUBTFUL_CODES,
  LIMIT_CODES,
  PASSING_CODES,
} from '../../lib/crm/salesforce/failure-codes.ts';
import { refusal, unexpectedStatus } from '../../lib/crm/salesforce/failures.ts';
import {
  LASTING_SIGN_IN_ERRORS,
  PASSING_SIGN_IN_ERRORS,
  signInRefusal,
  unexpectedSignInAnswer,
} from '../../lib/crm/salesforce/sign-in-failures.ts';
import { exceptionError, unexpectedStatus as trytonStatus } from '../../lib/crm/tryton/failures.ts';
import type { CrmError } from '../../lib/errors.ts';
import { codeIn, readPage, tablesUnder } from './page.ts';

const HEADINGS = {
  'docs/crms.md': [
    'What `salesforce` answers mean',
    "What Salesforce's token endpoint answers mean",
    'What `tryton` answers mean',
  ],
  'docs/crms.zh-CN.md': [
    '`salesforce` 的应答各是什么意思',
    'Salesforce 令牌端点的应答各是什么意思',
    '`tryton` 的应答各是什么意思',
  ],
} as const;
type File = keyof typeof HEADINGS;
const rowsOf = (file: File, table: number) => tablesUnder(readPage(file), HEADINGS[file][table] ?? '')[0]?.rows ?? [];

const now = () => 0;
const answer = (status: number, text = '') => ({ status, headers: new Headers(), text });
const write = { what: 'PATCH', method: 'write', repeatable: false, now };
const read = { ...write, repeatable: true };

type Case = () => CrmError;
/** What each row says, tried on the code; `undefined` in the code column stands for a code that the row describes. */
function expectRows(rows: string[][], cases: Record<string, Case[]>): void {
  const own = rows.map(([first = '']) => first);
  expect(Object.keys(cases).filter((row) => !own.includes(row))).toEqual([]);
  for (const [row = '', kind] of rows)
    for (const attempt of cases[row] ?? []) {
      const error = attempt();
      expect([row, error.code, error.kind]).toEqual([row, error.code, codeIn(kind)[0]]);
    }
}

const isCode = (word: string) => /^[A-Z][A-Z_]+$/.test(word);
const coded =
  (code: string, status?: number): Case =>
  () =>
    refusal([{ code }], write, status === undefined ? undefined : answer(status));

describe('docs/crms.md says what the Salesforce adapter makes of each answer', () => {
  const rows = rowsOf('docs/crms.md', 0);

  it('code by code', () => {
    const cases = Object.fromEntries(
      rows.map(([row = '']) => [
        row,
        codeIn(row)
          .filter(isCode)
          .map((code) => coded(code)),
      ]),
    );
    expectRows(rows, cases);
  });

  it('with every code that the adapter treats in a special way', () => {
    const named = rows.flatMap(([row]) => codeIn(row).filter(isCode));
    const special = [...PASSING_CODES, ...LIMIT_CODES, ...CREDENTIAL_CODES, ...DOUBTFUL_CODES];
    expect(special.filter((code) => !named.includes(code))).toEqual([]);
  });

  it('status by status', () => {
    const statuses = (list: number[], text = '', call = write): Case[] =>
      list.map((status) => () => unexpectedStatus(answer(status, text), call));
    expectRows(rows, {
      'any other code with `401` `403`': [coded('NEW_CODE', 401), coded('NEW_CODE', 403)],
      'any other code with `5xx`, to a write': [coded('NEW_CODE', 500), coded('NEW_CODE', 503)],
      'no code: `401` `403`': [...statuses([401, 403]), ...statuses([401, 403], '<html>')],
      'no code: `413` `414` `431`': [...statuses([413, 414, 431]), ...statuses([414], '<html>')],
      'no code: a page with another `4xx`, any `404`, `3xx`, `429`': [
        ...statuses([400, 404, 405, 409, 410, 429], '<html>'),
        ...statuses([301, 302, 307, 404, 429]),
      ],
      'no code: `5xx`, or a `2xx` that cannot be read, to a read': statuses([200, 500, 502, 503], '<html>', read),
      'no code: `5xx`, or a `2xx` that cannot be read, to a write': statuses([200, 500, 502, 503], '<html>'),
    });
  });
});

describe('docs/crms.md says what is made of the token endpoint’s answers', () => {
  const rows = rowsOf('docs/crms.md', 1);
  const signIn =
    (error: string, description = ''): Case =>
    () =>
      signInRefusal({ error, description }, answer(400), now);

  it('word by word, and has every word that is known', () => {
    const words = rows.map(([row = '']) => [row, codeIn(row).filter((word) => /^[a-z_]+$/.test(word))] as const);
    expectRows(rows, Object.fromEntries(words.map(([row, list]) => [row, list.map((word) => signIn(word))])));
    expect(words.flatMap(([, list]) => list).sort()).toEqual(
      [...PASSING_SIGN_IN_ERRORS, ...Object.keys(LASTING_SIGN_IN_ERRORS)].sort(),
    );
  });

  it('and the rest', () => {
    const statuses = (list: number[], text = ''): Case[] =>
      list.map((status) => () => unexpectedSignInAnswer(answer(status, text), 'POST', now));
    expectRows(rows, {
      '`rate_limit_exceeded`, or “login rate exceeded” with any word': [signIn('invalid_grant', 'login rate exceeded')],
      'any other word': [signIn('a_new_word')],
      '`429` `5xx`, a page, a redirect, any `404`': [
        ...statuses([429, 500, 503, 302, 404]),
        ...statuses([200, 400, 404, 502], '<html>'),
      ],
    });
  });
});

it('docs/crms.md says what the Tryton adapter makes of each answer', () => {
  const exceptions = (...list: [string, ...unknown[]][]): Case[] => list.map((one) => () => exceptionError(one, write));
  const statuses = (list: number[], call = write): Case[] =>
    list.map((status) => () => trytonStatus(answer(status), call));
  expectRows(rowsOf('docs/crms.md', 2), {
    '`ConcurrencyException`': exceptions(['ConcurrencyException', '']),
    'a lock, a deadlock, a statement that waits too long': exceptions(
      ['database is locked'],
      ['deadlock detected'],
      ['canceling statement due to statement timeout'],
    ),
    'a database that starts, stops or has no connection left': exceptions(
      ['FATAL: the database system is starting up'],
      ['FATAL: the database system is shutting down'],
      ['FATAL: sorry, too many clients already'],
    ),
    'a database that goes away in a write': exceptions(['server closed the connection unexpectedly']),
    'an unknown database': exceptions(['FATAL: database "x" does not exist']),
    '`UserError` about rights': exceptions(['UserError', ['You are not allowed to access "Party".', '', null]]),
    '`LoginException`': exceptions(['LoginException', ['sms', '']]),
    '`UserError` otherwise': exceptions(['UserError', ['The name is missing.', '', null]]),
    'any other exception': exceptions(['KeyError']),
    '`401` at sign-in': statuses([401]),
    '`403`': statuses([403]),
    '`429`': statuses([429]),
    '`404`': statuses([404]),
    '`3xx`': statuses([301, 302]),
    '`413`': statuses([413]),
    '`5xx`, or a `2xx` that cannot be read, to a read': statuses([200, 500, 503], read),
    '`5xx`, or a `2xx` that cannot be read, to a write': statuses([200, 500, 503]),
  });
});

it.each([0, 1, 2])('the Chinese page has the same rows: answers, kinds, codes (table %d)', (table) => {
  const codes = (file: File) =>
    rowsOf(file, table).map(([row, kind, code]) => [codeIn(row), codeIn(kind), codeIn(code)]);
  expect(codes('docs/crms.md').length).toBeGreaterThan(10);
  expect(codes('docs/crms.zh-CN.md')).toEqual(codes('docs/crms.md'));
});
