import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Io } from './io.ts';
import { main } from './main.ts';

/** Runs the command with this process's arguments, streams, environment, clock and network. */
export async function runInProcess(): Promise<void> {
  // `merge-sync … | head` has read enough when it closes the pipe.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // The SDK is pinned: its notice about Node 20 helps nobody here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  process.exitCode = await main(process.argv.slice(2), processIo());
}

function readStdin(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Reading from the terminal; end with Ctrl-D.\n');
  return text(process.stdin);
}

function processIo(): Io {
  return {
    env: process.env,
    readStdin: readStdin,
    readFile: (path) => readFile(path, 'utf8'),
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    fetch,
    now: Date.now,
    randomBytes,
  };
}
