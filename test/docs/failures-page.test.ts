import type { CrmResponse } from '../../lib/crm/client.ts';
import { createCommandHttpCrm } from '../../lib/crm/http/command-http.ts';
import { hubspotFailure } from '../../lib/crm/hubspot/failures.ts';
import { noAnswer } from '../../lib/crm/no-answer.ts';
import { CrmError } from '../../lib/errors.ts';
import type { MergeCommand } from '../../lib/ports.ts';
import { readSourceTree } from '../structure/source-tree.ts';
import { codeIn, readPage, readText, tablesUnder } from './page.ts';

const PAGES = {
  'docs/crms.md': { http: 'What `http` answers', hubspot: 'What `hubspot` answers' },
  'docs/crms.zh-CN.md': { http: '`http` 的应答', hubspot: '`hubspot` 的应答' },
};
const english = readPage('docs/crms.md');
const rowsUnder = (file: keyof typeof PAGES, kind: 'http' | 'hubspot') =>
  tablesUnder(readPage(file), PAGES[file][kind])[0]?.rows ?? [];

/** What the adapter makes of an answer: `kind` and `code`. */
async function httpAnswer(status: number, body = ''): Promise<CrmError> {
  const fetch = async () => new Response(body || null, { status });
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const crm = createCommandHttpCrm({ endpoint: 'https://crm.example', secret, fetch, now: () => 0, timeoutMs: 1_000 });
  const error = await crm.send({} as MergeCommand, 'e').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CrmError);
  return error as CrmError;
}

const PAGE = '<!DOCTYPE html>';
/** First cell of a row → answers that it speaks of. */
const HTTP: Record<string, [number, string?][]> = {
  '`401`': [[401]],
  '`403`': [[403]],
  '`407`': [[407]],
  '`408` `425` `429`': [[408], [425], [429]],
  '`410`': [[410]],
  '`413`': [[413]],
  'other `4xx`': [400, 402, 405, 406, 411, 414, 415, 418, 422, 423, 426, 428, 431, 451].map((status) => [status]),
  '`3xx`': [[301], [302], [303], [307], [308]],
  '`5xx`': [[500], [501], [502], [503], [504]],
  'a `2xx` whose JSON says that it failed: `success` or `ok` is `false`, an `error`, an `errcode` other than 0, a `code`, `status` or `statusCode` of 400 to 599':
    [
      '"success":false',
      '"ok":false',
      '"error":"x"',
      '"errcode":1',
      '"code":400',
      '"status":599',
      '"statusCode":500',
    ].map((member) => [200, `{${member}}`]),
  'other `2xx`': [[203], [206], [207]],
  "a page with `4xx`, or a gateway's `404`": [
    [400, PAGE],
    [404, PAGE],
    [409, PAGE],
    [404, '{"message":"Not Found"}'],
  ],
  'a page with `2xx` or `5xx`': [
    [200, PAGE],
    [202, PAGE],
    [502, PAGE],
  ],
};

it('docs/crms.md says what the http adapter makes of each answer', async () => {
  const rows = rowsUnder('docs/crms.md', 'http');
  expect(rows.map(([answer]) => answer)).toEqual(Object.keys(HTTP));
  for (const [answer = '', kind, code] of rows)
    for (const [status, body] of HTTP[answer] ?? []) {
      const error = await httpAnswer(status, body);
      expect([answer, status, error.kind]).toEqual([answer, status, codeIn(kind)[0]]);
      if (codeIn(code)[0] === 'foreign-answer') expect(error.code).toBe('foreign-answer');
    }
});

const own = (more: object) => ({
  status: 'error',
  category: 'VALIDATION_ERROR',
  correlationId: 'c',
  message: '',
  ...more,
});
const refusal = (code: string) => own({ errors: [{ code, message: '', context: { propertyName: ['nickname'] } }] });
const HUBSPOT: Record<string, { status: number; body?: object | string; repeatable?: boolean }[]> = {
  '`401`': [{ status: 401, body: own({}) }],
  '`403`': [{ status: 403, body: own({}) }],
  '`407`': [{ status: 407, body: '' }],
  '`400` `INVALID_OPTION`': [{ status: 400, body: refusal('INVALID_OPTION') }],
  '`400` `PROPERTY_DOESNT_EXIST`': [{ status: 400, body: refusal('PROPERTY_DOESNT_EXIST') }],
  '`400` `MISSING_REQUIRED_PROPERTY`': [{ status: 400, body: refusal('MISSING_REQUIRED_PROPERTY') }],
  '`400` `MISSING_CONDITIONAL_REQUIRED_PROPERTY`': [
    { status: 400, body: refusal('MISSING_CONDITIONAL_REQUIRED_PROPERTY') },
  ],
  '`400` “in the process of being merged”': [
    { status: 400, body: own({ message: 'is already in the process of being merged' }) },
  ],
  '`414` with 250 identities': [
    { status: 414, body: own({ message: 'Cannot have more than 250 identities on a profile' }) },
  ],
  "other `4xx` of HubSpot's own": [400, 404, 405, 409, 410, 415, 422].map((status) => ({ status, body: own({}) })),
  '`423`': [{ status: 423, body: own({}) }],
  '`429`': [{ status: 429, body: own({ policyName: 'DAILY' }) }],
  '`477`': [{ status: 477, body: own({}) }],
  '`408` `5xx` to a read': [408, 500, 502, 503, 504, 521, 524].map((status) => ({ status, repeatable: true })),
  '`408` `5xx` to a write': [408, 500, 502, 503, 504, 521, 524].map((status) => ({ status })),
  "any other answer that is not HubSpot's own": [301, 302, 400, 404, 409, 414].map((status) => ({
    status,
    body: PAGE,
  })),
  'a `2xx` that cannot be read': [], // Both are made where the answer is used.
  'a merge that no plan of ours makes': [],
};

it('docs/crms.md says what the hubspot adapter makes of each answer', () => {
  const rows = rowsUnder('docs/crms.md', 'hubspot');
  expect(rows.map(([answer]) => answer)).toEqual(Object.keys(HUBSPOT));
  for (const [answer = '', kind, code] of rows)
    for (const { status, body = '', repeatable = false } of HUBSPOT[answer] ?? []) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const response: CrmResponse = { status, headers: new Headers(), text };
      const call = { method: 'PATCH', label: 'a contact', repeatable, properties: ['nickname'] };
      const error = hubspotFailure(call, response, { now: () => 0, pausedUntil: 0 });
      expect([answer, status, error.kind]).toEqual([answer, status, codeIn(kind)[0]]);
      const [named] = codeIn(code);
      if (named?.endsWith('.PROPERTY')) expect(error.code).toBe(named.replace(/PROPERTY$/, 'nickname'));
      else if (named !== undefined && codeIn(code).length === 1) expect(error.code).toBe(named);
    }
});

it('docs/crms.md says what a missing answer means, by its cause', () => {
  const rows = tablesUnder(english, 'No answer')[0]?.rows ?? [];
  const unanswered = { vendor: 'acme', what: 'POST /', repeatable: false };
  const kindOf = (code: string, sent: boolean, repeatable = false) =>
    noAnswer({ ...unanswered, repeatable }, { cause: { code } }, { created: true, sent }).kind;
  const [read, write] = rows.filter(([what]) => what?.includes('was sent and not answered'));
  const unsent = rows.slice(0, rows.indexOf(read ?? [])).filter(([, kind]) => kind !== '–');
  expect(unsent).toHaveLength(6);
  for (const [, kind, code] of unsent)
    for (const one of codeIn(code)) expect([one, kindOf(one, false)]).toEqual([one, codeIn(kind)[0]]);
  for (const one of codeIn(read?.[2])) {
    expect([one, kindOf(one, true, true)]).toEqual([one, codeIn(read?.[1])[0]]);
    expect([one, kindOf(one, true)]).toEqual([one, codeIn(write?.[1])[0]]);
  }
});

it('the Chinese page has the same rows for a missing answer: kinds and codes', () => {
  const rows = (page: string, heading: string) =>
    tablesUnder(readPage(page), heading)[0]?.rows.map(([, kind, code]) => [codeIn(kind), codeIn(code)]);
  expect(rows('docs/crms.zh-CN.md', '任何 CRM')).toEqual(rows('docs/crms.md', 'No answer'));
});

it.each(['http', 'hubspot'] as const)('the Chinese page has the same rows for %s: answers, kinds, codes', (kind) => {
  const codes = (file: keyof typeof PAGES) =>
    rowsUnder(file, kind).map(([answer, kindCell, code]) => [codeIn(answer), codeIn(kindCell), codeIn(code)]);
  expect(codes('docs/crms.zh-CN.md')).toEqual(codes('docs/crms.md'));
});

it.each(['docs/crms.md', 'docs/crms.zh-CN.md'] as const)(
  '%s has every code that an adapter gives of its own',
  (file) => {
    const named = Object.entries(readSourceTree())
      .filter(([source]) => source.startsWith('lib/crm/') && source !== 'lib/crm/recording-fetch.ts')
      .flatMap(([, code]) => [...code.matchAll(OWN_CODE)].map(([, name = '']) => name));
    const told = readText(file);
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((code) => !told.includes(`\`${code}\``))).toEqual([]);
  },
);

const OWN_CODE = /\bcode: '([\w-]+)'/g;

it('every kind of failure is explained, and held contacts with it', () => {
  const kinds = tablesUnder(english, 'When a CRM refuses')[0]?.rows.map(([kind]) => codeIn(kind)[0]);
  expect(kinds).toEqual(['retry-soon', 'retry-after', 'auth', 'permanent', 'ambiguous']);
});
