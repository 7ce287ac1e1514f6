import { coloured, wantsColour } from '../../lib/cli/colour.ts';
import { EVENT_WORDS } from '../../lib/cli/event-words.ts';
import { fitted } from '../../lib/cli/fitted.ts';
import { TREE_EVENT_WORDS } from '../../lib/cli/tree-event-words.ts';
import { treeLines } from '../../lib/cli/tree-lines.ts';
import { columnsOf } from '../../lib/local/story/wrap.ts';
import { run } from './console.ts';

const NARROW = { columns: { out: 60, err: 60 } };

describe('a narrow terminal', () => {
  it('breaks a long line between words, and goes on two columns further in', () => {
    expect(fitted(`  ${'word '.repeat(20)}end`, 40).split('\n')).toEqual([
      '  word word word word word word word',
      '    word word word word word word word',
      '    word word word word word word end',
    ]);
  });

  it('leaves alone what is longer than a line, and every line where no terminal reads along', () => {
    const id = 'x'.repeat(80);
    expect(fitted(`event ${id} applied`, 60)).toBe(`event\n  ${id}\n  applied`);
    expect(fitted(`event ${id} applied`, undefined)).toBe(`event ${id} applied`);
  });

  it.each<[string, string[]]>([
    ['an error', ['replay', '--local', 'http://127.0.0.1:1', 'e1']],
    ['a usage error', ['replay', '--all', '--reason', 'no-such-reason', '--local']],
    ['wrong settings', ['doctor', '--crm', 'crm.json']],
  ])('%s of the command fits into 60 columns', async (_what, args) => {
    const files = { 'crm.json': '{"crm":{"kind":"http","endpoint":"https://crm.example"},"maping":{},"webhooks":1}' };
    const { out, err } = await run(args, { ...NARROW, files });
    const lines = `${out}\n${err}`.trim().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) if (line.trim().includes(' ')) expect(columnsOf(line)).toBeLessThanOrEqual(60);
  });

  it.each(
    ['C.UTF-8', 'zh_CN.UTF-8'].flatMap((LANG) =>
      [['--help'], ['send', '--help'], ['link', '--help']].map((args) => [LANG, args] as const),
    ),
  )('%s: the help of %j fits, 尘锋 counted as the columns that it takes', async (LANG, args) => {
    const { out } = await run([...args], { ...NARROW, env: { LANG } });
    const lines = out.split('\n').filter((line) => !line.includes('npx '));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines.filter((one) => !/\S{30}/.test(one))) expect(columnsOf(line)).toBeLessThanOrEqual(60);
  });

  it('never breaks JSON', async () => {
    const { out } = await run(['doctor', '--crm', 'crm.json', '--json'], { ...NARROW, files: { 'crm.json': '{}' } });
    expect(out).not.toContain('\n');
    expect(JSON.parse(out)).toHaveLength(1);
  });
});

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{}, false, false],
  ])('with %j, terminal %s: %s', (env, isTerminal, wanted) => {
    expect(wantsColour(env, isTerminal)).toBe(wanted);
  });

  it('mark states and labels, and nothing in the middle of a sentence or of an id', () => {
    expect(coloured('e1  parked  unlinked')).toBe('e1  \x1b[31mparked\x1b[39m  unlinked');
    expect(coloured('ok     clock: right')).toBe('\x1b[32mok\x1b[39m     clock: right');
    for (const text of ['an event is parked here', 'parked-1  x', '{"state":"parked"}', '4 parked'])
      expect(coloured(text)).toBe(text);
  });

  it('come with a terminal only: what a script reads has none', async () => {
    const files = { 'crm.json': '{}' };
    const line = async (isColoured: boolean) => (await run(['doctor', '--crm', 'crm.json'], { files, isColoured })).out;
    expect((await line(true)).startsWith('\x1b[31mWRONG\x1b[39m')).toBe(true);
    expect(await line(false)).toMatch(/^WRONG/);
    const json = await run(['doctor', '--crm', 'crm.json', '--json'], { files, isColoured: true });
    expect(json.out).not.toContain('\x1b');
  });
});

describe('a merge tree', () => {
  const leaf = (id: string) => ({ id, mergedAt: 0, mergedBy: `event-of-${id}`, losers: [], hidden: 0 });
  const root = { id: 's', losers: [{ ...leaf('a'), losers: [leaf('b')] }, leaf('c')], hidden: 7 };

  it('has each contact in a line, and says how many are not shown', () => {
    expect(treeLines(root, { words: TREE_EVENT_WORDS.en, columns: undefined })).toEqual([
      's',
      '├─ a  event-of-a',
      '│  └─ b  event-of-b',
      '├─ c  event-of-c',
      '└─ and 7 more: ask for one of the contacts above',
    ]);
  });

  it('in a narrow window has the event below the contact, and cuts neither', () => {
    expect(treeLines(root, { words: TREE_EVENT_WORDS.zh, columns: 14 }).slice(0, 5)).toEqual([
      's',
      '├─ a',
      '│  │  event-of-a',
      '│  └─ b',
      '│        event-of-b',
    ]);
  });
});

describe('what the command says of events, in Chinese', () => {
  const { en, zh } = EVENT_WORDS;
  const said = (word: unknown): string =>
    typeof word === 'function' ? word('replay', 'parked', 'held') : String(word);

  it.each(Object.keys(en) as (keyof typeof en)[])('has its own word for `%s`', (key) => {
    const numbers = key === 'plansExpired' ? (words: typeof en) => words.plansExpired([1, 2]) : undefined;
    const problems = key === 'problems' ? (words: typeof en) => words.problems(1, 2) : undefined;
    const unknown = key === 'notInCrm' ? (words: typeof en) => words.notInCrm(['A'], 2) : undefined;
    const tell = numbers ?? problems ?? unknown ?? ((words: typeof en) => said(words[key]));
    expect(tell(zh)).toMatch(/\p{Script=Han}/u);
    expect(tell(en)).not.toMatch(/\p{Script=Han}/u);
  });

  it('wrong settings are told in the language of the terminal', async () => {
    const env = { LANG: 'zh_CN.UTF-8' };
    const { err, code } = await run(['map', '--check', 'crm.json'], { env, files: { 'crm.json': '{"crm":' } });
    expect(err).toMatch(/^merge-sync: crm\.json：不是有效的 JSON/);
    expect(code).toBe(2);
    const crm = '{"crm":{"kind":"http","endpoint":"https://crm.example"}}';
    const { out } = await run(['doctor', '--crm', 'crm.json'], { env, files: { 'crm.json': crm } });
    expect(out).toBe('有误  CRM 配置：缺少 crm.secret');
  });
});
