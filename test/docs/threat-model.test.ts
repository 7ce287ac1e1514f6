import { readText } from './page.ts';

const PAGES = ['docs/threat-model.md', 'docs/threat-model.zh-CN.md'];
const LINK = /\]\(\.\.\/(test\/[^ )]+) "([^"]+)"\)/g;

const testsOf = (page: string) =>
  [...readText(page).matchAll(LINK)].map(([, file = '', title = '']) => ({ file, title }));
const rowsOf = (page: string) =>
  readText(page)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (Who|谁做什么)/.test(line));

describe.each(PAGES)('%s', (page) => {
  it('names a test in every row', () => {
    const without = rowsOf(page).filter((row) => !new RegExp(LINK).test(row));
    expect(rowsOf(page).length).toBeGreaterThan(20);
    expect(without).toEqual([]);
  });

  it.each(testsOf(page))('$file has “$title”', ({ file, title }) => {
    expect(readText(file)).toContain(title);
  });
});

it('both languages name the same tests', () => {
  const [english, chinese] = PAGES.map(testsOf);
  expect(chinese).toEqual(english);
});
