import { readdirSync } from 'node:fs';
import path from 'node:path';

/** @returns every page of the repository, as git names it. */
export function pageFiles(root: string): string[] {
  return ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => path.posix.join(folder, name)),
  );
}

export const isChinese = (file: string) => file.endsWith('.zh-CN.md');
