/** Runs a TypeScript program of this checkout: `node infra/run.mjs FILE [ARGUMENTS]`. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadTypescript } from '../lib/need-package.mjs';

const USAGE = 2;
const [node, , program = '', ...args] = process.argv;

await loadTypescript().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(USAGE);
});
process.argv = [node, path.resolve(program), ...args];
await import(pathToFileURL(path.resolve(program)).href);
