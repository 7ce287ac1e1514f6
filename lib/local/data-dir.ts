import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { codeOf, LocalProblem } from './local-problem.ts';

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

/** One level after the other: `mkdir -p` of Node 20 never ends where a parent such as /proc takes no folders. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

const MEANINGS: Record<string, { en: string; zh: string }> = {
  EACCES: { en: 'this user may not read and write it', zh: '当前用户没有读写权限' },
  EPERM: { en: 'this user may not read and write it', zh: '当前用户没有读写权限' },
  EROFS: { en: 'it is on a read-only file system', zh: '位于只读文件系统' },
  ENOTDIR: { en: 'it is, or lies below, a file', zh: '它是文件，或位于某个文件之下' },
  EEXIST: { en: 'it is, or lies below, a file', zh: '它是文件，或位于某个文件之下' },
  ENOENT: { en: 'no folder can be made there', zh: '该位置无法创建文件夹' },
};

function unusable(code: string): LocalProblem {
  const meaning = MEANINGS[code] ?? { en: 'it cannot be used', zh: '无法使用' };
  return new LocalProblem({
    en: `DATA_DIR cannot be used, ${meaning.en} (${code}): name a folder of yours, or leave it out to keep nothing`,
    zh: `DATA_DIR 无法使用：${meaning.zh}（${code}）。请指定一个自己的文件夹；不设置则不保存数据`,
  });
}

/** For a file or folder below DATA_DIR that cannot be read or written. @param file its path, which may be shown. */
export function damagedFile(file: string, code: string): LocalProblem {
  return new LocalProblem({
    en: `${file} cannot be read (${code}): put back a copy, delete it to begin anew, or name another DATA_DIR`,
    zh: `无法读取 ${file}（${code}）：请恢复备份，或删除后重新开始，或另选 DATA_DIR`,
  });
}
