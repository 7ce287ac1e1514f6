import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareDataDir } from '../../lib/local/data-dir.ts';
import { groupIsGone, killAll, spawnStack } from './stack-process.ts';

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});
afterAll(killAll);

async function ending(DATA_DIR: string, env: Record<string, string> = {}) {
  const { child, text } = spawnStack({ DATA_DIR, SAMPLE: '0', ...env });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, ...text, left: !(await groupIsGone(child)) };
}

const below = (name: string) => path.join(folder, name);

/** A file that is no JSON, with its folder. @returns DATA_DIR. */
function file(name: string, dataDir = folder): string {
  mkdirSync(path.dirname(below(name)), { recursive: true });
  writeFileSync(below(name), '{}\n{\n{}\n');
  return dataDir;
}

function emptyFolder(name: string): string {
  mkdirSync(below(name));
  return folder;
}

const FOLDERS: [string, () => string, RegExp][] = [
  ['is a file', () => file('file', below('file')), /^DATA_DIR cannot be used, it is, or lies below, a file/],
  ['lies below a file', () => file('file', below('file/a/b')), /^DATA_DIR cannot be used, it is, or lies/],
  ['is where no folder can be made', () => '/proc/x', /^DATA_DIR cannot be used, .* \(E\w+\): name a folder of yours/],
  [
    'is where none can be made, further down',
    () => '/proc/x/y',
    /^DATA_DIR cannot be used, .* \(E\w+\): name a folder/,
  ],
  ['takes no files', () => '/proc', /^DATA_DIR cannot be used, .* \(E\w+\): name a folder/],
  ['has a folder for keys.json', () => emptyFolder('keys.json'), /keys\.json cannot be read \(EISDIR\)/],
  ['has keys.json that is no JSON', () => file('keys.json'), /keys\.json: is not valid JSON/],
  ['has contacts that are no JSON', () => file('demo-crm.jsonl'), /demo-crm\.jsonl cannot be read/],
  ['has a folder for the contacts', () => emptyFolder('demo-crm.jsonl'), /demo-crm\.jsonl cannot be read/],
  ['has a file for the tables', () => file('dynamodb'), /dynamodb cannot be read \(EEXIST\)/],
  ['has damaged tables', () => file('dynamodb/CURRENT'), /dynamodb cannot be read/],
  ['has a file for the lock', () => file('in-use'), /in-use cannot be read \(EEXIST\)/],
];

describe('F5: npm start says in a line, without a trace, what is wrong with a DATA_DIR that', () => {
  it.each(FOLDERS)('%s', async (_what, make, sentence) => {
    const ended = await ending(make());
    expect(ended).toMatchObject({ code: 1, stdout: '', left: false });
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('in Chinese where the terminal is Chinese', async () => {
    const { stderr } = await ending(file('dynamodb'), { LANG: 'zh_CN.UTF-8' });
    expect(stderr).toMatch(/^无法读取 .*dynamodb（EEXIST）：请恢复备份，或删除后重新开始，或另选 DATA_DIR\n$/);
  });
});

describe('F5: permissions', () => {
  it.each([
    ['neither read nor written', 0o000],
    ['only read', 0o500],
    ['only written', 0o300],
  ])('a folder that may be %s is named so', (_what, mode) => {
    chmodSync(folder, mode);
    const sentence = /^DATA_DIR cannot be used, this user may not read and write it \(EACCES\)/;
    expect(() => asAnotherUser(() => prepareDataDir(folder))).toThrow(sentence);
  });
});

const NOT_ROOT = 65_534;

/** Root may read and write everything. */
function asAnotherUser(work: () => void): void {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOT_ROOT);
  try {
    work();
  } finally {
    process.seteuid?.(0);
  }
}
