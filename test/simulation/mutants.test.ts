import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

it('each mutant fits the files that it edits: what it looks for stands there once', async () => {
  const { MUTANTS } = await import('./mutants.mjs');
  const misfits = MUTANTS.flatMap(({ name, edits }) =>
    edits.filter(({ file, from }) => readFileSync(join(ROOT, file), 'utf8').split(from).length !== 2).map(() => name),
  );
  expect(MUTANTS.length).toBeGreaterThan(30);
  expect(misfits).toEqual([]);
});
