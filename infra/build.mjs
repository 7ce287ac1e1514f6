/**
 * Bundles each Lambda function (`functions/NAME/index.ts`) into a folder of its own, `dist/NAME/index.mjs`.
 *
 *   node infra/build.mjs [--outdir DIR] [--source-maps] [--adapter FILE] [--json]
 *
 * `--adapter`, or `$ADAPTERS`: a kind of CRM besides our own, for `apply`.
 * `--json` prints `{"FUNCTION":{"startupBytes","bytes"}}`. Output depends on the sources alone: the same commit gives the same bytes.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { adapterFiles } from '../lib/crm/load-adapters.mjs';
import { needPackage } from '../lib/need-package.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * ESM is about 20 ms faster to load than CommonJS. `splitting` keeps what the SDK imports on demand (credential
 * providers, event streams) out of the files that are read at start-up, and `module` first picks the packages' ESM
 * builds, the only ones that can be tree-shaken: together 17 ms on Node 24 (`npm run bench:cold`).
 *
 * @param {string} entry file to bundle
 * @param {string} outdir gets `index.mjs` and its chunks
 * @param {{ sourceMaps?: boolean, splitting?: boolean, forLambda?: boolean }} [options] `forLambda: false` keeps what
 * Lambda has no use for: the yardstick of `npm run bench:cold`
 * @returns {Promise<import('esbuild').Metafile>}
 */
export async function bundle(entry, outdir, { sourceMaps = false, splitting = true, forLambda = true } = {}) {
  const { build } = await needPackage('esbuild', () => import('esbuild'));
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [{ in: path.resolve(entry), out: 'index' }],
    outdir: path.resolve(outdir),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    splitting,
    minify: true,
    sourcemap: sourceMaps,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
    plugins: [ownKit, ...(forLambda ? [credentialsFromEnvironment, packageVersionsOnly, plainEndpointCache] : [])],
  });
  refuseRequire(metafile);
  return metafile;
}

/**
 * Lambda gives a function its role's credentials in its environment, and nowhere else
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime).
 * The SDK's other sources (profiles, SSO, STS, containers) are never asked, yet esbuild puts the protocols that they
 * share with the clients into the chunks that are read at start-up: 37 KB.
 */
const credentialsFromEnvironment = {
  name: 'credentials-from-environment',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, (file) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: path.dirname(file.path),
    }));
  },
};

/** The clients import their package.json for its version, and nothing else of it. */
const packageVersionsOnly = {
  name: 'package-versions-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z-]+[\\/]package\.json$/ }, (file) => {
      const { version } = JSON.parse(readFileSync(file.path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** An ES module has no `require`: a bundle that needs one would fail at its first call, in production. */
function refuseRequire({ outputs }) {
  const requires = Object.values(outputs)
    .flatMap((output) => output.imports)
    .filter((one) => one.kind === 'require-call');
  if (requires.length > 0)
    throw new Error(
      `The bundle requires ${requires.map((one) => one.path).join(', ')}: use a package with an ESM build`,
    );
}

/**
 * The DynamoDB client keeps discovered endpoints in a cache of bounded size. Discovery is off unless it is asked for
 * (`endpointDiscoveryEnabled`), so the cache stays empty: a Map does, and 8 KB need not be read.
 */
const plainEndpointCache = {
  name: 'plain-endpoint-cache',
  setup(build) {
    build.onLoad({ filter: /[\\/]mnemonist[\\/]lru-cache\.js$/ }, () => ({
      contents: 'export default class extends Map { constructor() { super(); } }',
    }));
  },
};

/** Bytes that are read before the handler can answer: the entry and what it imports statically. */
export function startupBytes({ outputs }) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file) || !outputs[file]) return;
    seen.add(file);
    for (const one of outputs[file].imports) if (one.kind === 'import-statement') visit(one.path);
  };
  for (const [file, output] of Object.entries(outputs))
    if (output.entryPoint && /\bindex\.mjs$/.test(file)) visit(file);
  return [...seen].reduce((sum, file) => sum + outputs[file].bytes, 0);
}

const allBytes = ({ outputs }) => Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Adapters of others in `apply`: what they import of this package is this checkout's, so that there is one copy of it.
 *
 * @param {string[]} files relative to the current folder
 * @param {string} folder gets the entry
 * @returns {string} the entry to bundle in the place of `functions/apply/index.ts`
 */
function entryWith(files, folder) {
  const quoted = (file) => JSON.stringify(path.resolve(file));
  const entry = path.join(folder, 'apply.mjs');
  const lines = [
    ...files.map((file, index) => `import * as adapter${index} from ${quoted(file)};`),
    `import { composeApply } from ${quoted(path.join(ROOT, 'functions/apply/compose.ts'))};`,
    `import { adaptersIn } from ${quoted(path.join(ROOT, 'lib/crm/load-adapters.mjs'))};`,
    `const files = [${files.map((file, index) => `[${JSON.stringify(file)}, adapter${index}]`).join(', ')}];`,
    'export const handler = composeApply(process.env, files.flatMap(([file, exported]) => adaptersIn(file, exported)));',
  ];
  writeFileSync(entry, lines.join('\n'));
  return entry;
}

const ownKit = {
  name: 'own-kit',
  setup(build) {
    const kit = path.join(ROOT, 'lib', 'kit', 'adapter.ts');
    build.onResolve({ filter: /^dustess-merge-sync\/adapter$/ }, () => ({ path: kit }));
  },
};

export function functionNames() {
  const folder = path.join(ROOT, 'functions');
  return readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'index.ts')));
}

async function main() {
  const { values } = parseArgs({
    options: {
      outdir: { type: 'string', default: path.join(ROOT, 'dist') },
      adapter: { type: 'string', multiple: true },
      'source-maps': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const names = functionNames();
  if (names.length === 0) throw new Error('functions/ has no function: expected functions/NAME/index.ts');
  const sizes = {};
  const { files: adapters } = adapterFiles(values.adapter?.flatMap((file) => ['--adapter', file]) ?? [], process.env);
  const scratch = mkdtempSync(path.join(tmpdir(), 'merge-sync-build-'));
  for (const name of names) {
    const own = path.join(ROOT, 'functions', name, 'index.ts');
    const entry = name === 'apply' && adapters.length > 0 ? entryWith(adapters, scratch) : own;
    const metafile = await bundle(entry, path.join(values.outdir, name), {
      sourceMaps: Boolean(values['source-maps']),
    });
    sizes[name] = { startupBytes: startupBytes(metafile), bytes: allBytes(metafile) };
    if (!values.json) console.log(`${name}: ${Math.round(startupBytes(metafile) / 1024)} KiB read at start-up`);
  }
  rmSync(scratch, { recursive: true });
  if (values.json) console.log(JSON.stringify(sizes));
}

/** Also when this file is reached through a link: both names are resolved before they are compared. */
function isProgram() {
  const [, program] = process.argv;
  return program !== undefined && realpathSync(program) === realpathSync(fileURLToPath(import.meta.url));
}

if (isProgram())
  await main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
