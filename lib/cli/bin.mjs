#!/usr/bin/env node
// TypeScript as it stands in the checkout, whatever tsconfig.json lies in the folder the command is called from.
import { register } from 'tsx/esm/api';

register({ tsconfig: false });
const { runInProcess } = await import('./run-in-process.ts');
await runInProcess();
