import { examineTryton } from '../../../lib/crm/tryton/doctor.ts';

// Everything else is looked at on a live server, in test/tryton.

async function examine(answer: { status?: number; body: string }, now: number, baseUrl = 'https://t.example') {
  const findings = await examineTryton({
    baseUrl,
    database: 'crm',
    username: 'u',
    password: 'p',
    fetch: async () => new Response(answer.body, { status: answer.status ?? 200 }),
    now: () => now,
    timeoutMs: 500,
    mapped: [],
  });
  return findings.map(({ check, ok, warning, advice }) => [check, ok ? (warning ? 'warning' : 'ok') : 'wrong', advice]);
}

it.each<[string, number, string[]]>([
  ['6.0.29', Date.UTC(2025, 0, 1), []],
  ['6.0.29', Date.UTC(2026, 0, 1), ['support for 6.0', 'warning']],
  ['6.0.29', Date.UTC(2027, 0, 1), ['support for 6.0', 'warning']],
  ['7.0.15', Date.UTC(2027, 0, 1), []],
  ['7.4.0', Date.UTC(2027, 0, 1), []],
])('a server of %s, looked at at %d, is warned of in time', async (version, now, warned) => {
  const [server, ...more] = await examine({ body: `{"id":1,"result":"${version}"}` }, now);
  expect(server).toEqual(['server', 'ok', `Tryton ${version}`]);
  expect(more.flatMap(([check, kind]) => (String(check).startsWith('support') ? [check, kind] : []))).toEqual(warned);
});

it.each([
  ['a page', { body: '<html>' }],
  ['JSON of something else', { body: '{"result":"hello"}' }],
  ['an error', { status: 404, body: '' }],
])('an address that answers %s is not a Tryton server’s', async (_, answer) => {
  expect(await examine(answer, 0)).toEqual([
    ['address', 'wrong', 'this is not the address of a Tryton server; baseUrl goes without the database'],
  ]);
});

it('an address that cannot be called is a finding, not an error', async () => {
  const [finding] = await examine({ body: '' }, 0, 'http://t.example');
  expect(finding?.slice(0, 2)).toEqual(['address', 'wrong']);
});
