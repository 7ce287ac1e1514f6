/**
 * Bundles the command into one file, `dist/cli/merge-sync.mjs`: at install (`npm ci` runs `prepare`), and whenever
 * `merge-sync` is started in a checkout whose sources have changed since.
 *
 *   node infra/command/build.mjs
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { needPackage } from '../../lib/need-package.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = path.join(ROOT, 'dist', 'cli');
const BUNDLE = path.join(FOLDER, 'merge-sync.mjs');
/** What the bundle was made of: each file with its time and size. */
const STAMP = path.join(FOLDER, 'made-of.json');
// An installed package changes with the lock file.
const ALSO = ['package-lock.json', 'infra/command/build.mjs'];

const ENTRY = `import { runInProcess } from './lib/cli/run-in-process.ts';\nawait runInProcess();\n`;
// Packages without an ES module among their builds call \`require\` for Node's own modules.
const REQUIRE = `import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);`;

/** The bundle's file, made anew if a source has changed. @throws where esbuild is missing or nothing can be written */
export async function freshBundle() {
  if (!isFresh()) await makeBundle();
  return BUNDLE;
}

/** A few hundred times and sizes are read in some milliseconds. */
function isFresh() {
  try {
    const stamp = JSON.parse(readFileSync(STAMP, 'utf8'));
    return existsSync(BUNDLE) && Object.entries(stamp).every(([file, state]) => stateOf(file) === state);
  } catch {
    return false;
  }
}

function stateOf(file) {
  const { mtimeMs, size } = statSync(path.join(ROOT, file));
  return `${mtimeMs} ${size}`;
}

/** The command as one file in memory, and what it was made of. @throws where esbuild or another package is missing */
export async function bundleCommand() {
  const { build } = await needPackage('esbuild', () => import('esbuild'));
  return build({
    absWorkingDir: ROOT,
    stdin: { contents: ENTRY, resolveDir: ROOT, sourcefile: 'merge-sync.ts' },
    outfile: BUNDLE,
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'silent',
  }).catch(explain);
}

async function makeBundle() {
  const startedAt = Date.now();
  const { metafile, outputFiles } = await bundleCommand();
  mkdirSync(FOLDER, { recursive: true });
  rmSync(STAMP, { force: true });
  writeWhole(BUNDLE, outputFiles[0].contents);
  const own = Object.keys(metafile.inputs).filter(
    (file) => !file.includes('node_modules') && existsSync(path.join(ROOT, file)),
  );
  const changing = own.some((file) => statSync(path.join(ROOT, file)).mtimeMs >= startedAt);
  // A file that was written meanwhile may have been read before: the next start makes the bundle once more.
  if (!changing)
    writeWhole(STAMP, JSON.stringify(Object.fromEntries([...own, ...ALSO].map((file) => [file, stateOf(file)]))));
}

/** esbuild lists every place; a package that is not installed is what happens after an update without `npm ci`. */
function explain(error) {
  const missing = /Could not resolve "([^".][^"]*)"/.exec(error.message)?.[1];
  if (missing)
    throw new Error(`The package ${missing} is not installed: run \`npm ci\` in the folder of the checkout.`);
  throw error;
}

/** Two starts at once each write a file of their own; the last one stays, and both are the same. */
function writeWhole(file, contents) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, contents);
  renameSync(own, file);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  // An install without esbuild goes on: the command says what is missing when it is started.
  await freshBundle().catch((error) => process.stderr.write(`merge-sync is not bundled: ${error.message}\n`));
