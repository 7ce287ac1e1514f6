import { CrmError } from '../../../lib/errors.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { readPage, tablesUnder } from '../../docs/page.ts';
import { guid } from '../../lookalikes/dynamics/org.ts';
import { openWorld } from './world.ts';

interface Said {
  status: number;
  code?: string;
  body?: string;
  /** Left out: a write. */
  read?: boolean;
  isForeign?: boolean;
}

const READ = { read: true };
/** First cell of a row → answers that it speaks of, and what they are. */
const ROWS: Record<string, [Said, kind: string, code: string][]> = {
  '`401`, with a new token, too': [
    [{ status: 401, isForeign: true }, 'auth', 'http-401'],
    [{ status: 401, code: '0x80072560' }, 'auth', '0x80072560'],
  ],
  '`403`': [
    [{ status: 403, code: '0x80040220' }, 'auth', '0x80040220'],
    [{ status: 403, isForeign: true }, 'auth', 'http-403'],
  ],
  '`407`': [[{ status: 407, isForeign: true }, 'auth', 'http-407']],
  '`0x80045301`, whatever its status': [400, 403, 500].map((status) => [
    { status, code: '0x80045301' },
    'auth',
    '0x80045301',
  ]),
  '`0x80045304`': [[{ status: 400, code: '0x80045304' }, 'permanent', '0x80045304']],
  '`0x80060892`': [[{ status: 412, code: '0x80060892' }, 'permanent', '0x80060892']],
  '`0x80040217`': [[{ status: 404, code: '0x80040217' }, 'permanent', '0x80040217']],
  'any other code with another `4xx`': [400, 404, 405, 409, 412, 413].map((status) => [
    { status, code: '0x80048d19' },
    'permanent',
    '0x80048d19',
  ]),
  '`429`': [
    [{ status: 429, code: '0x80072322' }, 'retry-after', '0x80072322'],
    [{ status: 429, isForeign: true, ...READ }, 'retry-after', 'http-429'],
  ],
  '`408` `5xx` to a read': [
    ...[408, 500, 502, 503, 504].map((status): [Said, string, string] => [
      { status, ...READ, isForeign: true },
      'retry-soon',
      `http-${status}`,
    ]),
    [{ status: 500, code: '0x80044151', ...READ }, 'retry-soon', '0x80044151'],
  ],
  '`408` `5xx` to a write': [
    ...[408, 500, 502, 503, 504].map((status): [Said, string, string] => [
      { status, isForeign: true },
      'ambiguous',
      `http-${status}`,
    ]),
    [{ status: 500, code: '0x80044151' }, 'ambiguous', '0x80044151'],
  ],
  'a redirect, or another `4xx` without a code': [302, 400, 404, 413].map((status) => [
    { status, isForeign: true },
    'retry-soon',
    'foreign-answer',
  ]),
  'a `2xx` without `OData-Version`': [
    [{ status: 200, isForeign: true, ...READ }, 'retry-soon', 'foreign-answer'],
    [{ status: 200, isForeign: true }, 'ambiguous', 'foreign-answer'],
  ],
  'a `2xx` without what it has to hold': [
    [{ status: 200, body: '{"value":[{"contactid":7}]}', ...READ }, 'retry-soon', 'UNREADABLE'],
    [{ status: 200, body: '{"value":[],"@odata.nextLink":"https://x"}', ...READ }, 'retry-soon', 'UNREADABLE'],
    [{ status: 200, body: '{"value"', ...READ }, 'retry-soon', 'UNREADABLE'],
    [{ status: 204 }, 'ambiguous', 'UNREADABLE'],
  ],
};

const answerOf = ({ status, code, body, isForeign }: Said) =>
  new Response(
    status === 204 ? null : code ? JSON.stringify({ error: { code, message: 'of 王五' } }) : (body ?? '<p>'),
    {
      status,
      headers: isForeign ? {} : { 'odata-version': '4.0' },
    },
  );

async function failureOf(said: Said): Promise<CrmError> {
  const { lookalike, settings } = openWorld();
  const fetch = async (url: string, init: RequestInit) =>
    url.includes('/api/data/') ? answerOf(said) : lookalike.fetch(url, init);
  const { crm } = openWorld({ adapter: { ...settings, fetch } });
  const attempt = said.read ? crm.find(['ada'], []) : crm.create?.({ contactId: 'ada', values: { lastname: '王五' } });
  const error = await attempt?.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CrmError);
  return error as CrmError;
}

const english = tablesUnder(readPage('docs/crms.md'), 'What `dynamics` answers')[0]?.rows ?? [];
const told = new Map(english.map(([answer, kind, code]) => [answer, { kind, code }]));

it.each(Object.keys(ROWS))('dynamics: %s is what the page says', async (answer) => {
  for (const [said, kind, code] of ROWS[answer] ?? []) {
    const error = await failureOf(said);
    expect([said, error.kind, error.code]).toEqual([said, kind, code]);
    expect(told.get(answer)?.kind).toContain(`\`${kind}\``);
    expect(error.message).not.toContain('王五');
    if (kind === 'retry-after') expect(error.retryAt).toEqual(expect.any(Number));
  }
});

it('both pages have the same rows, with the same kinds and codes', () => {
  const chinese = tablesUnder(readPage('docs/crms.zh-CN.md'), '`dynamics` 的应答')[0]?.rows ?? [];
  const kinds = (rows: string[][]) =>
    rows.map(([, kind]) => [...(kind ?? '').matchAll(/`([\w-]+)`/g)].map(([, one]) => one));
  expect(kinds(chinese)).toEqual(kinds(english));
  expect(chinese).toHaveLength(Object.keys(ROWS).length + 6);
});

it('a chain of merges without end is refused, and one that goes in a circle leads nowhere', async () => {
  const endless = async (url: string) => {
    if (!url.includes('/api/data/')) return new Response('{"access_token":"t"}');
    const [id = ''] = /[\da-f-]{36}/.exec(decodeURIComponent(url)) ?? [];
    const next = guid(Number.parseInt(id.slice(-12), 16) + 1);
    return rows([{ contactid: id, merged: true, _masterid_value: next }]);
  };
  const { crm } = openWorld({ adapter: { fetch: endless } });
  const error = await crm.locate([guid(1)]).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'permanent', code: 'MERGES_TOO_LONG' });

  const circle = async (url: string) =>
    url.includes('/api/data/')
      ? rows([1, 2].map((one) => ({ contactid: guid(one), merged: true, _masterid_value: guid(3 - one) })))
      : new Response('{"access_token":"t"}');
  const { crm: other } = openWorld({ adapter: { fetch: circle } });
  expect(await other.locate([guid(1)])).toEqual(new Map([[guid(1), 'gone']]));
});

it('merges that take longer to follow than a call may are looked at again', async () => {
  let now = 0;
  const slow = async (url: string) => {
    now += 12_000;
    const [id = ''] = /[\da-f-]{36}/.exec(decodeURIComponent(url)) ?? [];
    if (!url.includes('/api/data/')) return new Response('{"access_token":"t"}');
    return rows([{ contactid: id, merged: true, _masterid_value: guid(Number.parseInt(id.slice(-12), 16) + 1) }]);
  };
  const { crm } = openWorld({ adapter: { fetch: slow, now: () => now } });
  const error = await crm.locate([guid(1)]).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'retry-soon', code: 'MERGES_TOO_SLOW' });
});

const rows = (value: JsonObject[]) => new Response(JSON.stringify({ value }), { headers: { 'odata-version': '4.0' } });
