import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { damagedFile, prepareDataDir, unusable } from '../../lib/local/data-dir.ts';
import { readKeys } from '../../lib/local/keys.ts';
import { lockFolder } from '../../lib/local/lock-folder.ts';
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

describe('F5: the sentence for a DATA_DIR', () => {
  const sentenceFor = (dataDir: string) => {
    try {
      prepareDataDir(dataDir);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  it('with a name that is too long says so, once', () => {
    expect(sentenceFor(below('x'.repeat(300)))).toBe(
      'DATA_DIR cannot be used, its name is too long (ENAMETOOLONG): name a folder of yours, or leave it out to keep nothing',
    );
  });

  it('behind links that lead in a circle or nowhere says so', () => {
    symlinkSync('circle', below('circle'));
    symlinkSync('gone', below('nowhere'));
    expect(sentenceFor(below('circle/x'))).toMatch(/a file or a link that leads nowhere \(EEXIST\)/);
    expect(sentenceFor(below('nowhere'))).toMatch(/a file or a link that leads nowhere \(EEXIST\)/);
  });

  it.each(['ENOSPC', 'EDQUOT'])(
    'on a disk without room (%s) says what to do, and never to delete what is there',
    (code) => {
      const full = Object.assign(new Error(), { code });
      for (const { message, sentence } of [unusable(code), damagedFile('f', full)]) {
        expect(message).toMatch(/full \(E\w+\): make room/);
        expect(message).not.toMatch(/delete|copy|cannot be read/);
        expect(sentence.zh).toMatch(/已(满|用完).*释放空间/);
      }
    },
  );

  it.each(['EACCES', 'EPERM', 'EROFS'])(
    'with a file that this user has no right to (%s) says whose it is to be, and never to delete it',
    (code) => {
      const { message, sentence } = damagedFile('f', Object.assign(new Error(), { code }));
      expect(message).toMatch(/^f cannot be used, .* \(E\w+\): start as the user whose it is, or change its rights$/);
      expect(message).not.toMatch(/delete|copy/);
      expect(sentence.zh).toMatch(/^无法使用 f，.*权限$/);
    },
  );

  it('whose tables meet a full disk says so: LevelDB has no code for it', () => {
    const error = Object.assign(new Error('IO error: /d/000003.log: No space left on device'), {
      code: 'LEVEL_IO_ERROR',
    });
    expect(damagedFile('f', error).message).toBe(
      'f cannot be written, the disk is full (ENOSPC): make room, then start again',
    );
  });

  it('for any other cause says it once', () => {
    expect(unusable('EIO').message).toBe(
      'DATA_DIR cannot be used (EIO): name a folder of yours, or leave it out to keep nothing',
    );
  });
});

describe('the keys in DATA_DIR', () => {
  it('are whole or not there: a start that could not write them leaves no half of them', () => {
    mkdirSync(below(`keys.json.${process.pid}`));
    expect(() => readKeys({ DATA_DIR: folder })).toThrow(/keys\.json cannot be read \(EISDIR\)/);
    expect(existsSync(below('keys.json'))).toBe(false);
  });

  it('are those of the start that wrote them first', () => {
    const first = readKeys({ DATA_DIR: folder });
    expect(readKeys({ DATA_DIR: folder })).toEqual(first);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });
});

describe('the second of two starts at once on one DATA_DIR', () => {
  it('is told the process of the first, although that has not said it yet', async () => {
    const first = await lockFolder(folder);
    rmSync(below('running'));
    const second = lockFolder(folder);
    setTimeout(() => writeFileSync(below('running'), `${process.pid}\n`), 200);
    await expect(second).rejects.toThrow(`DATA_DIR is in use by process ${process.pid}: stop that npm start`);
    await first.release();
  });

  it('is not told the process of an earlier one that was killed', async () => {
    const first = await lockFolder(folder);
    writeFileSync(below('running'), '2147483646\n');
    await expect(lockFolder(folder)).rejects.toThrow('DATA_DIR is in use by another process: stop that npm start');
    await first.release();
  });

  it('has the folder when the first was just letting it go', async () => {
    const first = await lockFolder(folder);
    rmSync(below('running'));
    const second = lockFolder(folder);
    setTimeout(() => void first.release(), 200);
    const lock = await second;
    expect(lock.unclean).toBe(false);
    await lock.release();
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
