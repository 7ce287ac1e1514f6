#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { adapterFiles, loadAdapters } from '../crm/load-adapters.mjs';
import { loadBundle } from './load-bundle.mjs';

const USAGE = 2;
const inCheckout = existsSync(new URL('./run-in-process.ts', import.meta.url));
const CANNOT_WRITE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC'];

/** The command's file: in a checkout that of its sources as they are now, else the one that came with the package. */
async function commandFile() {
  if (!inCheckout) return fileURLToPath(new URL('../../dist/cli/merge-sync.bundle', import.meta.url));
  const { freshBundle } = await import('../../infra/command/build.mjs');
  return freshBundle();
}

async function loadSources() {
  const { loadTypescript } = await import('../need-package.mjs');
  await loadTypescript();
  return import('./run-in-process.ts');
}

/** The embedded stack, as `npm start` runs it. */
async function start() {
  if (!inCheckout) return import('../../dist/kit/start.js').catch(nameMissing);
  const { loadTypescript } = await import('../need-package.mjs');
  await loadTypescript();
  return import('../local/start.ts');
}

/** The emulators are no part of the package: only who starts the stack needs them. */
function nameMissing(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  const { devDependencies } = createRequire(import.meta.url)('../../package.json');
  const wanted = ['classic-level', 'dynalite', 'fauxqs'].map((name) => `${name}@${devDependencies[name]}`).join(' ');
  throw new Error(`start needs three packages beside this one: npm install --save-dev ${wanted}`);
}

function giveUp(error) {
  process.stderr.write(`merge-sync: ${error.message}\n`);
  process.exit(USAGE);
}

async function run() {
  const { files, rest } = adapterFiles(process.argv.slice(2), process.env);
  if (rest[0] === 'start' && rest.length === 1) return void (await start());
  const adapters = await loadAdapters(files);
  // The sources are slower to load, and the same.
  const file = await commandFile().catch((error) => (CANNOT_WRITE.includes(error.code) ? undefined : giveUp(error)));
  const { runInProcess } = file ? loadBundle(file) : await loadSources();
  await runInProcess(rest, adapters);
}

await run().catch(giveUp);
