import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Sources } from './rules.ts';

const ROOT = path.join(__dirname, '..', '..');
const FOLDERS = ['functions', 'infra', 'lib', 'test'];

/** Every source file of the project, by its path from the root. */
export function readSourceTree(): Sources {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(folder, file),
    ),
  );
  const sources = files.filter((file) => /\.(tsx?|mjs|cjs)$/.test(file)).sort();
  return Object.fromEntries(sources.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
}
