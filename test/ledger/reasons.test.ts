import { REASONS } from '../../lib/ledger/reason-table.ts';
import { readSourceTree } from '../structure/source-tree.ts';

const code = Object.entries(readSourceTree())
  .filter(([file]) => /^(lib|functions)\//.test(file) && file !== 'lib/ledger/reason-table.ts')
  .map(([, text]) => text)
  .join('\n');

/** Whether the code gives this reason: by name, with a parameter behind it, or made of a failure's kind or a side. */
function isGiven(name: string): boolean {
  const made = [
    name,
    name.replace(/^crm-(retry-soon|retry-after|ambiguous)$/, 'crm-$' + '{'),
    name.replace(/^(survivor|loser)-/, '}-'),
  ];
  return made.some(
    (form) => code.includes(`'${form}'`) || code.includes(`\`${form}`) || code.includes(`\${who${form}`),
  );
}

it.each(Object.keys(REASONS))('%s is a reason that the code gives', (name) => {
  expect(isGiven(name)).toBe(true);
});

it('a reason that no code gives is found', () => {
  expect(isGiven('never-given')).toBe(false);
});

it('every reason says in both languages what it means and what to do', () => {
  for (const { means, todo } of Object.values(REASONS))
    for (const text of [means.en, means.zh, todo.en, todo.zh]) expect(text).not.toBe('');
});
