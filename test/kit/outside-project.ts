import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);

const FILES = ['example-crm', 'example-adapter', 'example-crm-server', 'example-simulated', 'example-contract.test'];

/** What such a project has of its own, besides the files of docs/adapter.md. */
const OWN: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'own-crm', private: true, type: 'module' }),
  'jest/package.json': JSON.stringify({ type: 'commonjs' }),
  'jest.config.json': JSON.stringify({ rootDir: 'jest', transform: {}, testMatch: ['**/*.test.js'] }),
  'server.js': `
import { serveAnswers } from 'dustess-merge-sync/adapter/testing';
import { createAcmeServer } from './example-crm-server.js';
const acme = createAcmeServer('secret');
acme.add('ada', { nickname: 'Ada' });
acme.add('bob', { nickname: 'Bob', note: 'only bob has it' });
const { url } = await serveAnswers(async (address, init) =>
  new URL(address).pathname === '/people' ? Response.json([...acme.people.values()]) : acme.respond(address, init));
console.log(url);`,
  'simulate.js': `
import { simulate } from 'dustess-merge-sync/adapter/testing';
import { exampleCrm } from './example-simulated.js';
console.log(JSON.stringify(await simulate(exampleCrm, { seeds: 10 })));`,
};

/** A project outside this repository, with the package that was packed, and the adapter of docs/adapter.md as its own. */
export async function makeOutsideProject(folder: string): Promise<void> {
  mkdirSync(path.join(folder, 'jest'), { recursive: true });
  for (const [name, text] of Object.entries(OWN)) writeFileSync(path.join(folder, name), text);
  for (const name of FILES) {
    const source = readFileSync(path.join(ROOT, 'test', 'docs', `${name}.ts`), 'utf8').replace(
      /(\.\/[\w-]+)\.ts'/g,
      "$1.js'",
    );
    for (const [below, format] of [
      ['', 'esm'],
      ['jest', 'cjs'],
    ] as const) {
      if (below === '' && name.endsWith('.test')) continue;
      const { code } = await transform(source, { loader: 'ts', format });
      writeFileSync(path.join(folder, below, `${name}.js`), code);
    }
  }
}

/** Packages that the project would install from npm, as this checkout has them. */
export function linkPackages(folder: string, names: readonly string[]): void {
  for (const name of names)
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name), 'dir');
}

/** A program of Node in the project. */
export const runNode = (folder: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env } });
