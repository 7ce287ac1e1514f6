import { createPipedriveCrm } from '../../../lib/crm/pipedrive/pipedrive.ts';
import { createTenantCrm, examineTenantCrm } from '../../../lib/crm/registry.ts';
import type { CrmError } from '../../../lib/errors.ts';
import { objectIn } from '../../../lib/json.ts';
import type { Fetch } from '../../../lib/ports.ts';
import { readPage, tablesUnder } from '../../docs/page.ts';
import contract from '../../lookalikes/contracts/pipedrive-persons-33.7.models.json';
import { violations } from '../../lookalikes/hubspot-models.ts';
import { createPipedriveLookalike, FIELD, TOKEN } from '../../lookalikes/pipedrive.ts';
import { asPort, createMemoryDocuments } from '../../simulation/memory-documents.ts';

const BASE = 'https://acme.pipedrive.com';
const SETTINGS = {
  kind: 'pipedrive',
  baseUrl: BASE,
  apiToken: TOKEN,
  idField: FIELD.contactId,
  mergedField: FIELD.merged,
};
const { kind: _kind, ...OPTIONS } = { ...SETTINGS, allowInsecure: false, timeoutMs: 10_000 };

function openWorld(answer?: (call: string) => Response | undefined) {
  const lookalike = createPipedriveLookalike();
  const sent: { call: string; body: string }[] = [];
  const fetch: Fetch = async (url, init) => {
    const call = `${init.method} ${url.slice(BASE.length)}`;
    sent.push({ call, body: String(init.body ?? '') });
    return answer?.(call) ?? lookalike.respond(url, init);
  };
  return { lookalike, sent, fetch, crm: createPipedriveCrm({ ...OPTIONS, fetch, now: () => 0 }) };
}

const failed = async (attempt: Promise<unknown> | undefined) =>
  (await attempt?.then(
    () => undefined,
    (error: unknown) => error,
  )) as CrmError;

describe('requests to Pipedrive', () => {
  it('the person in the path of a merge goes, merge_with_id stays; its number is noted before', async () => {
    const { crm, lookalike, sent } = openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob', { [FIELD.note]: 'of bob' })];
    expect(await crm.merge({ survivor: ada, losers: [bob] })).toEqual({ survivor: ada });
    const [, note, merge] = sent;
    expect(note).toMatchObject({ call: `PATCH /api/v2/persons/${ada}` });
    expect(objectIn(note?.body ?? '')).toEqual({ custom_fields: { [FIELD.merged]: bob } });
    expect(merge?.call).toBe(`PUT /api/v1/persons/${bob}/merge`);
    expect(objectIn(merge?.body ?? '')).toEqual({ merge_with_id: Number(ada) });
    expect([...lookalike.persons.keys()]).toEqual([Number(ada)]);
    expect(lookalike.violations).toEqual([]);
  });

  it('a merge that was noted and did not arrive is not taken for done', async () => {
    const { crm, lookalike } = openWorld((call) =>
      call.startsWith('PUT') ? new Response('', { status: 502 }) : undefined,
    );
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    expect(await failed(crm.merge({ survivor: ada, losers: [bob] }))).toMatchObject({ kind: 'ambiguous' });
    expect(await crm.locate([bob])).toEqual(new Map([[bob, { recordId: bob }]]));
  });

  it('looks ids up by filters of at most 16 conditions, and leaves none behind', async () => {
    const { crm, lookalike, sent } = openWorld();
    lookalike.seed('c-0');
    await crm.find(
      Array.from({ length: 17 }, (_, index) => `c-${index}`),
      [],
    );
    expect(sent.filter(({ call }) => call === 'POST /api/v1/filters')).toHaveLength(2);
    expect(sent.filter(({ call }) => call.startsWith('GET /api/v1/personFields'))).toHaveLength(1);
    expect(lookalike.filters.size).toBe(0);
    expect(lookalike.violations).toEqual([]);
  });

  it('writes addresses as lists, and reads them as texts', async () => {
    const { crm, lookalike } = openWorld();
    const ada = lookalike.seed('ada');
    await crm.update(ada, {
      values: { phones: ['1', '2'], emails: 'a@example.com', job_title: null, label_ids: ['3'] },
    });
    const [found] = await crm.find(['ada'], []);
    expect(found?.record.values).toMatchObject({ phones: ['1', '2'], emails: ['a@example.com'] });
    expect(found?.record.values).not.toHaveProperty('job_title');
    expect(lookalike.violations).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['MergePersonsRequest', { merge_with_id: '2' }, 'merge_with_id: not a number'],
    ['MergePersonsRequest', { merge_with_id: 2, name: 'x' }, 'name: not in'],
    ['UpdatePersonRequest', { phones: [{ value: 1 }] }, 'value: not a string'],
    ['AddFilterRequest', { name: 'x', type: 'people' }, 'conditions: missing'],
  ])('the model %s finds what does not fit', (model, body, complaint) => {
    expect(violations(model, body, model, contract.models).join()).toContain(complaint);
  });
});

interface Said {
  status: number;
  body?: string;
  read?: true;
}
const own = (code?: string) => JSON.stringify({ success: false, error: 'of 王五', ...(code && { code }) });
const READ = { read: true as const };
const BUSY = [408, 500, 502, 503];
/** First cell of a row → answers that it speaks of, and what they are. */
const ROWS: Record<string, [Said, kind: string, code: string][]> = {
  '`401`': [[{ status: 401, body: own() }, 'auth', 'http-401']],
  '`403`': [
    [{ status: 403, body: own('ERR_FORBIDDEN') }, 'auth', 'ERR_FORBIDDEN'],
    [{ status: 403 }, 'auth', 'http-403'],
  ],
  '`407`': [[{ status: 407 }, 'auth', 'http-407']],
  "other `4xx` of Pipedrive's own": [
    [{ status: 400, body: own('ERR_SCHEMA_VALIDATION_FAILED') }, 'permanent', 'ERR_SCHEMA_VALIDATION_FAILED'],
    [{ status: 404, body: own() }, 'permanent', 'http-404'],
  ],
  '`429`': [[{ status: 429, ...READ }, 'retry-after', 'http-429']],
  '`408` `5xx` to a read': BUSY.map((status) => [{ status, ...READ }, 'retry-soon', `http-${status}`]),
  '`408` `5xx` to a write': BUSY.map((status) => [{ status }, 'ambiguous', `http-${status}`]),
  "a redirect, or another `4xx` that is not Pipedrive's": [302, 404].map((status) => [
    { status },
    'retry-soon',
    'foreign-answer',
  ]),
  "a `2xx` that is not Pipedrive's": [
    [{ status: 200, ...READ }, 'retry-soon', 'foreign-answer'],
    [{ status: 200 }, 'ambiguous', 'foreign-answer'],
  ],
  'a `2xx` without what it has to hold': [
    [{ status: 200, body: '{"success":true,"data":[{}]}', ...READ }, 'retry-soon', 'UNREADABLE'],
    [{ status: 201, body: '{"success":true,"data":{}}' }, 'ambiguous', 'UNREADABLE'],
  ],
};
const english = tablesUnder(readPage('docs/crms.md'), 'What `pipedrive` answers')[0]?.rows ?? [];

it.each(Object.keys(ROWS))('pipedrive: %s is what the page says', async (answer) => {
  for (const [{ status, body = '<p>', read }, kind, code] of ROWS[answer] ?? []) {
    const { crm } = openWorld(() => new Response(body, { status }));
    const error = await failed(read ? crm.locate(['1']) : crm.create?.({ contactId: 'ada', values: { name: '王五' } }));
    expect([status, error.kind, error.code]).toEqual([status, kind, code]);
    expect(english.find(([cell]) => cell === answer)?.[1]).toContain(`\`${kind}\``);
    expect(error.message).not.toContain('王五');
  }
});

it('both pages have the same rows, with the same kinds', () => {
  const chinese = tablesUnder(readPage('docs/crms.zh-CN.md'), '`pipedrive` 的应答')[0]?.rows ?? [];
  const kinds = (rows: string[][]) =>
    rows.map(([, kind]) => [...(kind ?? '').matchAll(/`([\w-]+)`/g)].map(([, one]) => one));
  expect(kinds(chinese)).toEqual(kinds(english));
  expect(chinese).toHaveLength(Object.keys(ROWS).length + 4);
});

it('an id field or property that persons have not is refused, and nothing is written', async () => {
  const { lookalike, fetch, crm } = openWorld();
  const other = createPipedriveCrm({ ...OPTIONS, idField: 'f'.repeat(40), fetch, now: () => 0 });
  expect(await failed(other.find(['ada'], []))).toMatchObject({ kind: 'permanent', code: 'NO_ID_FIELD' });
  const ada = lookalike.seed('ada');
  expect(await failed(crm.update(ada, { values: { nick: 'x' } }))).toMatchObject({ code: 'NO_PROPERTY.nick' });
  expect(lookalike.requests.filter((request) => request.startsWith('PATCH'))).toEqual([]);
});

it('after a 429 the event waits as long as x-ratelimit-reset says', async () => {
  let now = 0;
  const limited = new Response(own(), { status: 429, headers: { 'x-ratelimit-reset': '7200' } });
  const fetch: Fetch = async () => limited;
  const parts = {
    fetch,
    now: () => now,
    sleep: async () => undefined,
    ledger: asPort(createMemoryDocuments(() => now)),
  };
  const { crm } = await createTenantCrm('main', { crm: SETTINGS }, parts);
  now = 1_000;
  if (crm.style !== 'record') throw new Error('a record-style CRM');
  expect(await failed(crm.locate(['1']))).toMatchObject({ kind: 'retry-after', retryAt: 7_201_000 });
});

it('doctor finds fields that are there, misses one that is not, and changes nothing', async () => {
  const { lookalike, fetch } = openWorld();
  const parts = { fetch, now: Date.now, sleep: async () => undefined };
  const examine = (crm: object) => examineTenantCrm('main', { crm, mapping: { remark: FIELD.note } }, parts, false);
  expect((await examine(SETTINGS)).map(({ ok }) => ok)).toEqual([true, true, true]);
  const wrong = (await examine({ ...SETTINGS, mergedField: 'e'.repeat(40) })).filter(({ ok }) => !ok);
  expect(wrong.map(({ check }) => check)).toEqual([expect.stringContaining('eeee')]);
  expect(await examine({ ...SETTINGS, apiToken: 'wrong' })).toMatchObject([{ ok: false }]);
  expect(lookalike.requests.filter((request) => !request.startsWith('GET'))).toEqual([]);
});
