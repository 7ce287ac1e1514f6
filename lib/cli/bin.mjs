#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadBundle } from './load-bundle.mjs';

const USAGE = 2;
const CANNOT_WRITE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC'];

/** The command's file: in a checkout that of its sources as they are now, else the one that came with the package. */
async function commandFile() {
  const sources = new URL('./run-in-process.ts', import.meta.url);
  if (!existsSync(sources)) return fileURLToPath(new URL('../../dist/cli/merge-sync.bundle', import.meta.url));
  const { freshBundle } = await import('../../infra/command/build.mjs');
  return freshBundle();
}

async function loadSources() {
  const { loadTypescript } = await import('../need-package.mjs');
  await loadTypescript();
  return import('./run-in-process.ts');
}

let file;
try {
  file = await commandFile();
} catch (error) {
  if (!CANNOT_WRITE.includes(error.code)) {
    process.stderr.write(`merge-sync: ${error.message}\n`);
    process.exit(USAGE);
  }
}
// The sources are slower to load, and the same.
const { runInProcess } = file ? loadBundle(file) : await loadSources();
await runInProcess();
