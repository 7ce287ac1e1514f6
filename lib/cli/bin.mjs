#!/usr/bin/env node
import { loadTypescript } from '../need-package.mjs';

const USAGE = 2;

await loadTypescript().catch((error) => {
  process.stderr.write(`merge-sync: ${error.message}\n`);
  process.exit(USAGE);
});
const { runInProcess } = await import('./run-in-process.ts');
await runInProcess();
