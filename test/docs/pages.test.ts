import { existsSync } from 'node:fs';
import path from 'node:path';
import manifest from '../../package.json';
import { anchorOf, codeIn, PAGES, PAIRS, type Page, ROOT, readPage, readText, tablesUnder } from './page.ts';
import { isChinese } from './page-files.ts';

const README_LIMIT_BYTES = 12 * 1024;

it('every page has its twin in the other language', () => {
  const chinese = PAGES.filter(isChinese);
  expect(PAIRS.map(([, twin]) => twin).sort()).toEqual(chinese.sort());
  expect(PAIRS.length).toBeGreaterThan(10);
});

it.each(['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'CONTRIBUTING.zh-CN.md'])(
  '%s asks for the Node that package.json asks for',
  (file) => {
    const [, needed = '?'] = /^>=(\d+\.\d+)/.exec(manifest.engines.node) ?? [];
    expect(readText(file)).toContain(`Node ${needed} `);
  },
);

it.each(['README.md', 'README.zh-CN.md'])('%s is at most 12 KB', (file) => {
  expect(Buffer.byteLength(readText(file))).toBeLessThanOrEqual(README_LIMIT_BYTES);
});

it.each(PAIRS)('every page is reached from the contents of the README: %s and %s', (english, chinese) => {
  for (const [readme, page] of [
    ['README.md', english],
    ['README.zh-CN.md', chinese],
  ] as const)
    if (page !== readme) expect(readPage(readme).links).toContain(page);
});

describe.each(PAIRS)('%s and %s', (english, chinese) => {
  const [en, zh] = [readPage(english), readPage(chinese)];

  it('have the same outline', () => {
    expect(zh.headings.map(({ level }) => level)).toEqual(en.headings.map(({ level }) => level));
    expect(en.headings.length).toBeGreaterThan(2);
  });

  it('have the same fenced blocks, to the letter', () => {
    expect(zh.fences).toEqual(en.fences);
  });

  it('have the same tables, as far as they are code, signs or figures', () => {
    const skeleton = ({ tables }: Page) => tables.map(({ rows }) => rows.map((row) => row.map(codeOrLinks)));
    expect(skeleton(zh)).toEqual(skeleton(en));
  });

  it('link to each other first', () => {
    expect(en.links[0]).toBe(path.basename(chinese));
    expect(zh.links[0]).toBe(path.basename(english));
  });
});

/** Code, links and cells without words are the same in every language, links to the twin of a page included. */
const codeOrLinks = (cell: string) => [
  ...(/^[^\p{L}`]*$/u.test(cell) ? [cell.replace(/[^\d.%✓–]+/g, ' ').trim()] : []),
  ...codeIn(cell).sort(),
  ...[...cell.matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) => target.replace('.zh-CN.md', '.md')),
];

describe.each(PAGES)('%s', (file) => {
  const page = readPage(file);

  it('has no link that leads nowhere', () => {
    const broken = page.links.filter((link) => !/^https:/.test(link) && !leadsSomewhere(file, link));
    expect(broken).toEqual([]);
  });

  it('names no machine, and no workplace', () => {
    expect(readText(file)).not.toMatch(/\/work\/|\/home\/|\/tmp\/|\.\.\/shared/);
  });
});

function leadsSomewhere(from: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const file = target === '' ? from : path.posix.join(path.posix.dirname(from), target);
  if (!existsSync(path.join(ROOT, file))) return false;
  return (
    anchor === undefined || readPage(file).headings.some(({ text }) => anchorOf(text) === decodeURIComponent(anchor))
  );
}

it.each(PAGES.filter(isChinese))('%s calls the contacts 主联系人 and 被合并联系人 outside code', (file) => {
  const prose = readText(file).replace(/^```.*?^```$|`[^`\n]*`|\]\([^)]*\)/gms, '');
  expect(prose.match(/\b(survivor|loser)s?\b/gi)).toBeNull();
});

it.each(PAGES.filter(isChinese))('%s has no line break inside a paragraph: it would show as a gap', (file) => {
  const lines = readText(file)
    .replace(/^```.*?^```$/gms, '```')
    .split('\n');
  const isText = (line: string | undefined) => line !== undefined && /^(?!\||#|- |\d+\. |<|```|\s)\S/.test(line);
  expect(lines.filter((line, index) => isText(line) && isText(lines[index - 1]))).toEqual([]);
});

it.each(PAIRS.flat())('%s says what, not who', (file) => {
  const prose = readText(file).replace(/^```.*?^```$/gms, '');
  expect(prose.match(/\b(whoever|(some|no|any|every)(body|one))\b/gi)).toBeNull();
});

describe('the promises', () => {
  const rows = tablesUnder(readPage('README.md'), 'What it promises')[0]?.rows ?? [];

  it('are twelve', () => {
    expect(rows.map(([number]) => number)).toEqual(Array.from({ length: 12 }, (_, index) => String(index + 1)));
  });

  it.each(rows)('%s is proven by tests that cite it', (number = '', _promise = '', tests = '') => {
    const files = [...tests.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(file).toMatch(/^test\//);
      expect(readText(file)).toMatch(new RegExp(`promise ${number}(?!\\d)`));
    }
  });
});
