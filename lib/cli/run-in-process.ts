import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { buffer } from 'node:stream/consumers';
import type { CrmAdapter } from '../crm/adapter.ts';
import { recogniseForeignErrors } from '../foreign-errors.ts';
import { languageOf } from '../sentence.ts';
import { inChinese } from './chinese.ts';
import { wantsColour } from './colour.ts';
import { decodeText } from './decode-text.ts';
import { EXIT } from './exit.ts';
import type { World } from './io.ts';
import { main } from './main.ts';

/** Runs the command with this process's streams, environment, clock and network. @param adapters kinds of CRM besides our own. */
export async function runInProcess(args: string[], adapters: readonly CrmAdapter[] = []): Promise<void> {
  const output = watchOutput();
  recogniseForeignErrors();
  // The SDK is pinned: its notice about Node 20 is of no use here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // What is printed may reach the disk only after `main` has ended.
  process.on('exit', () => {
    if (process.exitCode === EXIT.ok && output.isLost) process.exitCode = EXIT.usage;
  });
  process.exitCode = await main(args, { ...processIo(), adapters });
}

/**
 * What cannot be printed must not end a command that is writing elsewhere. `merge-sync … | head` has read enough when
 * it closes the pipe; a full disk is said once, and in the exit code.
 */
function watchOutput() {
  const output = { isLost: false };
  process.stderr.on('error', () => undefined); // Nothing is left to say it on.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || output.isLost) return;
    output.isLost = true;
    const text = `the output cannot be written (${error.code ?? error.name})`;
    process.stderr.write(`merge-sync: ${languageOf(process.env) === 'zh' ? inChinese(text) : text}\n`);
  });
  return output;
}

async function readStdin(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Reading from the terminal; end with Ctrl-D.\n');
  return decodeText(await buffer(process.stdin));
}

/** To standard error: what goes into a pipe or a file is the answer alone. */
async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return answer;
}

/** Undefined for an account without a name, as in some containers. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

const columnsOf = ({ isTTY, columns }: NodeJS.WriteStream) => (isTTY && columns > 0 ? columns : undefined);

function processIo(): World {
  return {
    env: process.env,
    readStdin,
    readFile: async (path) => decodeText(await readFile(path)),
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    ...(process.stderr.isTTY && { redraw: (text) => void process.stderr.write(`\r\x1b[K${text}`) }),
    ...(process.stdin.isTTY && { ask }),
    fetch,
    now: Date.now,
    userName,
    randomBytes,
    isColoured: wantsColour(process.env, process.stdout.isTTY === true),
    columns: { out: columnsOf(process.stdout), err: columnsOf(process.stderr) },
  };
}
