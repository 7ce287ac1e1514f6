import { VENDOR_DATES } from '../../lib/crm/vendor-dates.ts';
import { codeIn, readPage, tablesUnder } from './page.ts';

it.each([
  ['docs/vendors.md', 'Dates that are watched'],
  ['docs/vendors.zh-CN.md', '会提醒的日期'],
])('%s has the dates that the doctor watches, row by row', (file, heading) => {
  const rows = tablesUnder(readPage(file), heading)[0]?.rows ?? [];
  const shown = rows.map(([vendor, what, on, source, readOn]) => ({
    vendor: codeIn(vendor)[0],
    what: codeIn(what)[0],
    endsOn: codeIn(on)[0],
    source: source?.replace(/[<>]/g, ''),
    readOn: codeIn(readOn)[0],
  }));
  expect(shown).toEqual(VENDOR_DATES);
});
