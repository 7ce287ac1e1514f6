import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { RANKS } from '../structure/rules.ts';
import { codeIn, ROOT, readPage, readText, tablesUnder } from './page.ts';

/** `lib/crm/` → lib/crm. */
const nameIn = (cell: string | undefined) => (codeIn(cell)[0] ?? '').replace(/\/$/, '');

describe('the code map', () => {
  const rows = tablesUnder(readPage('docs/architecture.md'), 'Code map').flatMap((table) => table.rows);
  const mapped = rows.flatMap(foldersOfRow);

  it('names folders that exist, under their parents', () => {
    expect(mapped.filter((folder) => !existsSync(path.join(ROOT, folder)))).toEqual([]);
    expect(mapped.length).toBeGreaterThan(20);
  });

  it('leaves out none of the top level, of lib and of functions', () => {
    const ignored = readText('.gitignore').split('\n');
    const top = foldersOf('.').filter((name) => !ignored.includes(`${name}/`) && !name.startsWith('.'));
    const below = ['lib', 'functions'].flatMap((parent) => foldersOf(parent).map((name) => `${parent}/${name}`));
    const inLib = foldersOf('lib').flatMap((name) => foldersOf(`lib/${name}`).map((one) => `lib/${name}/${one}`));
    const wanted = [...top, ...below, ...inLib].filter((folder) => folder !== 'lib');
    expect(wanted.filter((folder) => !mapped.includes(folder))).toEqual([]);
  });

  it('gives each layer the rank that the import rule has for it', () => {
    const ranks = rows.filter(([rank]) => rank !== '–').map(([rank, folder]) => [nameIn(folder), Number(rank)]);
    expect(Object.fromEntries(ranks)).toEqual(RANKS);
  });

  it('names the files that stand in lib itself, and no file that does not exist', () => {
    const inLib = codeIn(rows.find(([, folder]) => nameIn(folder) === 'lib/*.ts')?.[2]);
    expect(inLib).toEqual(readdirSync(path.join(ROOT, 'lib')).filter((name) => name.endsWith('.ts')));
    for (const [, folder, what] of rows)
      for (const name of codeIn(what).filter((one) => one.endsWith('.ts') && !inLib.includes(one)))
        expect(isSomewhereIn(nameIn(folder), name)).toBe(true);
  });
});

/** A row's folder, and the folders below it that its text names with a slash at the end. */
function foldersOfRow([, cell, what]: string[]): string[] {
  const folder = nameIn(cell);
  if (folder.includes('*')) return [];
  const below = codeIn(what).filter((one) => /^[\w-]+\/$/.test(one) && one !== 'test/');
  return [folder, ...below.map((one) => `${folder}/${one.slice(0, -1)}`)];
}

function foldersOf(parent: string): string[] {
  const names = readdirSync(path.join(ROOT, parent)).filter((name) =>
    statSync(path.join(ROOT, parent, name)).isDirectory(),
  );
  return names.filter((name) => readdirSync(path.join(ROOT, parent, name)).length > 0);
}

const isSomewhereIn = (folder: string, name: string) =>
  [folder, ...foldersOf(folder).map((one) => `${folder}/${one}`)].some((one) => existsSync(path.join(ROOT, one, name)));
