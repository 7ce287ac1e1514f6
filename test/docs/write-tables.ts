import { readFileSync, writeFileSync } from 'node:fs';
import { isChinese, pageFiles } from './page-files.ts';
import { withTables } from './tables.ts';

// `npm run docs:tables`: the tables of states, transitions and reasons, made from the data into the pages.
for (const file of pageFiles('.')) {
  const before = readFileSync(file, 'utf8');
  const after = withTables(before, isChinese(file) ? 'zh' : 'en');
  if (after === before) continue;
  writeFileSync(file, after);
  process.stdout.write(`${file}: written\n`);
}
