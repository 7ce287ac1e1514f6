import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import type { Sentence } from '../sentence.ts';
import { codeOf, LocalProblem } from './local-problem.ts';
import { makeFolder } from './make-folder.ts';

/** Makes the folder and its parents, readable by their owner only. @throws LocalProblem when it cannot be used. */
export function prepareDataDir(dataDir: string): void {
  try {
    makeFolder(path.resolve(dataDir));
    readdirSync(dataDir);
    rmdirSync(mkdtempSync(path.join(dataDir, 'probe-')));
  } catch (error) {
    throw error instanceof LocalProblem ? error : unusable(codeOf(error));
  }
}

/** What keeps this user from a file, whatever is in it. */
const NO_RIGHT: Record<string, Sentence> = {
  EACCES: { en: 'this user may not read and write it', zh: '当前用户没有读写权限' },
  EPERM: { en: 'this user may not read and write it', zh: '当前用户没有读写权限' },
  EROFS: { en: 'it is on a read-only file system', zh: '位于只读文件系统' },
};

const MEANINGS: Record<string, Sentence> = {
  ...NO_RIGHT,
  ENOTDIR: { en: 'it is, or lies below, a file', zh: '它是文件，或位于某个文件之下' },
  EEXIST: {
    en: 'it is, or lies below, a file or a link that leads nowhere',
    zh: '它是文件或无效链接，或位于其下',
  },
  ENOENT: { en: 'no folder can be made there', zh: '该位置无法创建文件夹' },
  ENAMETOOLONG: { en: 'its name is too long', zh: '名称过长' },
};

/** What keeps a folder's files from being written, whatever is in them. */
const NO_ROOM: Record<string, Sentence> = {
  ENOSPC: { en: 'the disk is full', zh: '磁盘已满' },
  EDQUOT: { en: "this user's share of the disk is full", zh: '当前用户的磁盘配额已用完' },
};

/** Why DATA_DIR cannot be used. @param code of the system error. */
export function unusable(code: string): LocalProblem {
  const full = NO_ROOM[code];
  if (full)
    return new LocalProblem({
      en: `DATA_DIR cannot be used, ${full.en} (${code}): make room, name a folder on another disk, or leave it out to keep nothing`,
      zh: `DATA_DIR 无法使用：${full.zh}（${code}）。请释放空间，或指定其他磁盘上的文件夹；不设置则不保存数据`,
    });
  const meaning = MEANINGS[code];
  return new LocalProblem({
    en: `DATA_DIR cannot be used${meaning ? `, ${meaning.en}` : ''} (${code}): name a folder of yours, or leave it out to keep nothing`,
    zh: `DATA_DIR 无法使用${meaning ? `：${meaning.zh}` : ''}（${code}）。请指定一个自己的文件夹；不设置则不保存数据`,
  });
}

/** For a file or folder below DATA_DIR that cannot be read or written. @param file its path, which may be shown. */
export function damagedFile(file: string, error: unknown): LocalProblem {
  const code = codeOf(error);
  const full = NO_ROOM[code];
  // The file itself is not damaged, so it is not to be deleted.
  if (full)
    return new LocalProblem({
      en: `${file} cannot be written, ${full.en} (${code}): make room, then start again`,
      zh: `无法写入 ${file}，${full.zh}（${code}）：请释放空间后重新启动`,
    });
  // The same: it is another user's.
  const right = NO_RIGHT[code];
  if (right)
    return new LocalProblem({
      en: `${file} cannot be used, ${right.en} (${code}): start as the user whose it is, or change its rights`,
      zh: `无法使用 ${file}，${right.zh}（${code}）：请以其所有者的身份启动，或修改其权限`,
    });
  return new LocalProblem({
    en: `${file} cannot be read (${code}): put back a copy, delete it to begin anew, or name another DATA_DIR`,
    zh: `无法读取 ${file}（${code}）：请恢复备份，或删除后重新开始，或另选 DATA_DIR`,
  });
}
