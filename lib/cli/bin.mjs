#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const USAGE = 2;
const CANNOT_WRITE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC'];

/** The command's file: in a checkout that of its sources as they are now, else the one that came with the package. */
async function commandFile() {
  const sources = new URL('./run-in-process.ts', import.meta.url);
  if (!existsSync(sources)) return new URL('../../dist/cli/merge-sync.mjs', import.meta.url).href;
  const { freshBundle } = await import('../../infra/command/build.mjs');
  return pathToFileURL(await freshBundle()).href;
}

async function runSources() {
  const { loadTypescript } = await import('../need-package.mjs');
  await loadTypescript();
  const { runInProcess } = await import('./run-in-process.ts');
  await runInProcess();
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
if (file) await import(file);
else await runSources(); // Slower, and the same.
