/**
 * Bundles the command into one file, `dist/cli/merge-sync.bundle`: at install (`npm ci` runs `dependencies`), and whenever
 * `merge-sync` is started in a checkout whose sources have changed since. `lib/cli/load-bundle.mjs` reads it.
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
const BUNDLE = path.join(FOLDER, 'merge-sync.bundle');
/** What the bundle was made of: each file with its time and size. */
const STAMP = path.join(FOLDER, 'made-of.json');
// An installed package changes with the lock file.
const ALSO = ['package-lock.json', 'infra/command/build.mjs'];

const TARGET = { platform: 'node', target: 'node20', minify: true, legalComments: 'none' };

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

/**
 * The command as one file in memory, and what it was made of.
 *
 * V8 reads every character of a script before it runs any, which takes longer than all that most commands do. So
 * the file is no script: it holds the parts that esbuild splits off where something is imported on demand, each as
 * CommonJS, after a line that says where each begins and how long it is, in bytes.
 *
 * @returns {Promise<{ metafile: import('esbuild').Metafile, contents: Buffer }>}
 * @throws where esbuild or another package is missing
 */
export async function bundleCommand() {
  const { build, transform } = await needPackage('esbuild', () => import('esbuild'));
  const { metafile, outputFiles } = await build({
    ...TARGET,
    absWorkingDir: ROOT,
    entryPoints: { main: 'lib/cli/run-in-process.ts' },
    outdir: FOLDER,
    write: false,
    bundle: true,
    format: 'esm',
    splitting: true,
    chunkNames: '[hash]',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'silent',
  }).catch(explain);
  const toCommonJs = { ...TARGET, format: 'cjs', supported: { 'dynamic-import': false } };
  const parts = outputFiles.map(async ({ path: file, text }) => {
    const { code } = await transform(text, toCommonJs);
    return [`./${path.basename(file)}`, Buffer.from(code)];
  });
  return { metafile, contents: joined(await Promise.all(parts)) };
}

function joined(parts) {
  let start = 0;
  const index = {};
  for (const [name, { length }] of parts) {
    index[name] = [start, length];
    start += length;
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...parts.map(([, code]) => code)]);
}

async function makeBundle() {
  const startedAt = Date.now();
  const { metafile, contents } = await bundleCommand();
  mkdirSync(FOLDER, { recursive: true });
  rmSync(STAMP, { force: true });
  writeWhole(BUNDLE, contents);
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
