import { ALL_STATES } from '../../lib/ledger/event-states.ts';
import { REASONS } from '../../lib/ledger/reason-table.ts';
import type { ReasonName } from '../../lib/ledger/reasons.ts';
import { TRANSITIONS } from '../../lib/ledger/transition-table.ts';
import { PAGES, readPage, readText, rowsByName, tablesUnder } from './page.ts';
import { isChinese } from './page-files.ts';
import { shownReason, TABLES, tableNamesIn, withTables } from './tables.ts';

const marked = PAGES.map((file) => ({ file, text: readText(file) })).filter(({ text }) => text.includes('<!-- table:'));

describe.each(marked)('the tables of $file', ({ file, text }) => {
  it('are those that the data makes (else: npm run docs:tables)', () => {
    expect(text).toBe(withTables(text, isChinese(file) ? 'zh' : 'en'));
  });

  it('have a beginning, a name and an end each', () => {
    expect(text.match(/<!-- /g)).toHaveLength(2 * tableNamesIn(text).length);
  });
});

it.each([false, true])('each table stands on a page (Chinese: %s)', (chinese) => {
  const names = marked.filter(({ file }) => isChinese(file) === chinese).flatMap(({ text }) => tableNamesIn(text));
  expect(names.sort()).toEqual(Object.keys(TABLES).sort());
});

it('a marker with a name that no table has is refused', () => {
  expect(() => withTables('<!-- table: none -->\n<!-- /table -->', 'en')).toThrow('no table is called none');
});

describe('a reader of the pages finds', () => {
  const namesUnder = (file: string, heading: string) =>
    tablesUnder(readPage(file), heading).flatMap((table) => [...rowsByName(table).keys()]);

  it('every state with what it means, and what makes it go on', () => {
    expect(namesUnder('docs/architecture.md', 'States')).toEqual(ALL_STATES);
    expect(namesUnder('docs/operating.md', 'States')).toEqual(ALL_STATES);
  });

  it('every transition', () => {
    expect(namesUnder('docs/architecture.md', 'Transitions')).toEqual(Object.keys(TRANSITIONS));
  });

  it('every reason with its state and what to do', () => {
    const [table] = tablesUnder(readPage('docs/operating.md'), 'Reasons');
    const names = Object.keys(REASONS) as ReasonName[];
    const rows = names.map((name) => [
      `\`${shownReason(name)}\``,
      `\`${REASONS[name].state}\``,
      REASONS[name].means.en,
    ]);
    expect(table?.rows.map((row) => row.slice(0, 3))).toEqual(rows);
  });
});
