import { columnsOf, wrap } from '../../lib/local/story/wrap.ts';
import { KEYS_ENV } from './sender.ts';
import { killAll, startStack } from './stack-process.ts';

jest.setTimeout(240_000);
afterAll(killAll);

describe('the first minute', () => {
  it.each([
    ['C.UTF-8', '60'],
    ['zh_CN.UTF-8', '60'],
  ])('B7, B8: fits the terminal, with LANG=%s and %s columns; times have a zone', async (LANG, COLUMNS) => {
    const stack = await startStack({ LANG, COLUMNS, TZ: 'Asia/Shanghai' });
    const page = await (await fetch(`${stack.demoUrl}/`)).text();
    await stack.end();
    const lines = stack.stdout().split('\n');
    expect(lines.filter((line) => columnsOf(line) > Number(COLUMNS))).toEqual([]);
    expect(stack.stdout()).toMatch(/^\d\d:\d\d:\d\d \+08:00 {2}/m);
    expect(page).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00/);
    expect(page).toContain('npx merge-sync send --main A --merge B --seed');
    // In Chinese, what is left in Latin letters are names and codes.
    const english = / (the|and|of|is|it|not|at|with|are) |event|callback /i;
    const told = lines.filter((line) => !line.includes('npx merge-sync') && !line.includes('http'));
    if (LANG.startsWith('zh')) expect(told.filter((line) => english.test(line))).toEqual([]);
  });

  it('SAMPLE=0: suggests nothing about a sample that never came', async () => {
    const stack = await startStack({ ...KEYS_ENV, SAMPLE: '0' });
    await stack.end();
    expect(stack.stdout()).toContain('--main A --merge B --seed');
    expect(stack.stdout()).not.toMatch(/--repeat|merge-sync show|d7ed8618/);
    // Keys of the user's own are not printed; that a second terminal needs them is said.
    const told = stack.stdout().replaceAll(/\s+/g, ' ');
    for (const name of Object.keys(KEYS_ENV)) expect(told).toMatch(new RegExp(`in a second terminal: .*${name}`));
    expect(told).not.toContain(KEYS_ENV.DUSTESS_TOKEN);
  });
});

describe('lines of a terminal', () => {
  it('a Chinese character takes two columns and a line may end after it, but not before closing marks', () => {
    const lines = wrap('尘锋合并了两个联系人：一次推送，已加密并签名', { width: 20, indent: '  ' });
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(22);
    expect(lines.some((line) => /^\s*[，：]/.test(line))).toBe(false);
    expect(lines.map((line) => line.trim()).join('')).toBe('尘锋合并了两个联系人：一次推送，已加密并签名');
  });

  it('no line ends with what opens a bracket or a quotation, and nothing is lost', () => {
    for (const text of ['它说“重试”（见下文）《用户手册》“放行”', '（（“”）', 'say“go on”and（that）“'])
      for (let width = 4; width < 30; width++) {
        const lines = wrap(text, { width, indent: '' });
        expect(
          lines.filter((line) => /[（“《]$/.test(line) && !/^[（“《]+$/.test(line.trim()) && line !== lines.at(-1)),
        ).toEqual([]);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }
  });

  it('a word that is longer than the line stays whole', () => {
    const url = 'http://127.0.0.1:3000/callback/local';
    expect(wrap(`at ${url} now`, { width: 12, indent: '' })).toEqual(['at', url, 'now']);
  });
});
