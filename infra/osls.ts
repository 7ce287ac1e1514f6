import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const OSLS = createRequire(import.meta.url).resolve('osls/bin/serverless.js');

/** osls in this terminal. @throws Error where it ends with another code than 0; it has said why by then */
export function runOsls(args: string[]): Promise<void> {
  const child = spawn(process.execPath, [OSLS, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`osls ${args[0]} ended with code ${code}; nothing more was done`)),
    );
  });
}
