/**
 * Compiles what projects with a CRM of their own import (`exports` in package.json) into `dist/kit`: JavaScript with types,
 * as ES modules, and as CommonJS for test runners that want it.
 *
 *   node infra/kit/build.mjs
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { needPackage } from '../../lib/need-package.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = path.join(ROOT, 'dist', 'kit');
const TYPES = path.join(OUT, 'types');
const ENTRIES = {
  adapter: 'lib/kit/adapter.ts',
  testing: 'test/kit/testing.ts',
  service: 'lib/kit/service.ts',
  start: 'lib/local/start.ts',
};
const TYPED = ['adapter', 'testing', 'service'];
/** What only the embedded stack needs, installed beside this package by those who run it. */
const EXTERNAL = ['dynalite', 'fauxqs', 'classic-level'];

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: EXTERNAL,
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

// Some packages inside are CommonJS and ask for Node's own modules.
const REQUIRE = "import{createRequire as kitRequire}from'node:module';const require=kitRequire(import.meta.url);";

async function compile() {
  const { build } = await needPackage('esbuild', () => import('esbuild'));
  await build({
    ...COMMON,
    entryPoints: ENTRIES,
    outdir: OUT,
    format: 'esm',
    splitting: true,
    chunkNames: 'parts/[hash]',
    banner: { js: REQUIRE },
  });
  // One file for both, so that there is one `CrmError`.
  const contents = `export * as adapter from './${ENTRIES.adapter}'; export * as testing from './${ENTRIES.testing}';`;
  await build({
    ...COMMON,
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    outfile: path.join(OUT, 'kit.cjs'),
    format: 'cjs',
  });
  for (const name of ['adapter', 'testing'])
    writeFileSync(path.join(OUT, `${name}.cjs`), `module.exports = require('./kit.cjs').${name};\n`);
}

/** Declarations say `./name.ts` as the sources do, and name a package that comes along. */
function writeTypes() {
  const config = path.join(mkdtempSync(path.join(OUT, 'tsconfig-')), 'tsconfig.json');
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: ROOT, outDir: TYPES },
    ...{ types: ['node', 'jest'], typeRoots: [path.join(ROOT, 'node_modules', '@types')] },
  };
  const files = [...TYPED.map((name) => ENTRIES[name]), 'lib/local/dynalite.d.ts'].map((file) => path.join(ROOT, file));
  writeFileSync(
    config,
    JSON.stringify({ extends: path.join(ROOT, 'tsconfig.json'), compilerOptions, files, include: [] }),
  );
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', config], {
    stdio: 'inherit',
  });
  rmSync(path.dirname(config), { recursive: true });
  cpSync(path.join(ROOT, 'node_modules/valibot/dist/index.d.mts'), path.join(TYPES, 'valibot.d.ts'));
  const needed = new Set(['valibot.d.ts']);
  for (const name of TYPED) mend(ENTRIES[name].replace(/ts$/, 'd.ts'), needed);
  for (const file of readdirSync(TYPES, { recursive: true }).map(String))
    if (file.endsWith('.ts') && !needed.has(file.split(path.sep).join('/'))) rmSync(path.join(TYPES, file));
}

/** What a declaration file imports, each once; what none imports is left out of the package. */
function mend(file, needed) {
  if (needed.has(file)) return;
  needed.add(file);
  const name = path.join(TYPES, file);
  const above = path.posix.relative(path.posix.dirname(file), '.') || '.';
  const text = readFileSync(name, 'utf8')
    .replace(/((?:from|import\()\s*['"]\.[^'"]*)\.tsx?(['"])/g, '$1.js$2')
    .replace(/((?:from|import\()\s*['"])valibot(['"])/g, `$1${above}/valibot.js$2`);
  writeFileSync(name, text);
  for (const [, target] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]*)\.js['"]/g))
    mend(path.posix.join(path.posix.dirname(file), `${target}.d.ts`), needed);
}

rmSync(OUT, { recursive: true, force: true });
await compile();
writeTypes();
