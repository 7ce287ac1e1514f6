import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isChinese, pageFiles } from './page-files.ts';

export const ROOT = path.join(__dirname, '..', '..');
export const readText = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Pages in one language only: the change log, and the decision records, which their Chinese index sums up. */
const ENGLISH_ONLY = /^CHANGELOG\.md$|^docs\/decisions\/\d/;

export const PAGES = pageFiles(ROOT);
export const ENGLISH_PAGES = PAGES.filter((file) => !isChinese(file));
/** English page and Chinese page; the Chinese one need not exist. */
export const PAIRS = ENGLISH_PAGES.filter((file) => !ENGLISH_ONLY.test(file)).map((file): [string, string] => [
  file,
  file.replace(/\.md$/, '.zh-CN.md'),
]);

export interface Table {
  /** The text of the heading it stands under. */
  under: string;
  header: string[];
  rows: string[][];
}

/** A page of Markdown, as far as tests ask. */
export interface Page {
  file: string;
  headings: { level: number; text: string }[];
  fences: { language: string; code: string }[];
  tables: Table[];
  /** Code in running text and in tables. */
  spans: string[];
  /** Targets of links, images left out. */
  links: string[];
}

export function readPage(file: string): Page {
  const text = readText(file);
  const fences = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
  const prose = text.replace(/^```.*?^```$/gms, '');
  const headings = [...prose.matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    text: title,
  }));
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return { file, headings, fences, tables: tablesIn(prose), spans, links };
}

function tablesIn(prose: string): Table[] {
  const tables: Table[] = [];
  let under = '';
  let open: Table | undefined;
  for (const line of prose.split('\n')) {
    if (line.startsWith('#')) under = line.replace(/^#+ /, '');
    if (!line.startsWith('|')) open = undefined;
    else if (open) open.rows.push(cellsOf(line));
    else {
      open = { under, header: cellsOf(line), rows: [] };
      tables.push(open);
    }
  }
  for (const table of tables) table.rows.shift(); // The line of dashes.
  return tables;
}

const cellsOf = (line: string) =>
  line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());

/** The tables under a heading that begins like this. */
export function tablesUnder(page: Page, heading: string): Table[] {
  const tables = page.tables.filter(({ under }) => under.startsWith(heading));
  if (tables.length === 0) throw new Error(`${page.file} has no table under "${heading}"`);
  return tables;
}

/** A cell's code spans: `a`, `b` → ['a', 'b']. */
export const codeIn = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]*)`/g)].map(([, code = '']) => code);

/** First column → the other cells; a cell that names several things is several rows. */
export function rowsByName({ rows }: Table): Map<string, string[]> {
  return new Map(rows.flatMap(([first, ...rest]) => codeIn(first).map((name): [string, string[]] => [name, rest])));
}

/** The anchor GitHub gives a heading. */
export const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
