import { EVENT_WORDS } from '../../lib/cli/event-words.ts';
import { fitted } from '../../lib/cli/fitted.ts';
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

  it('never breaks JSON', async () => {
    const { out } = await run(['doctor', '--crm', 'crm.json', '--json'], { ...NARROW, files: { 'crm.json': '{}' } });
    expect(out).not.toContain('\n');
    expect(JSON.parse(out)).toHaveLength(1);
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
    expect(out).toContain('租户 main 的 CRM 配置（crm）：缺少 crm.secret');
  });
});
