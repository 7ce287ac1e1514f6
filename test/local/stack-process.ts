import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

// npm and jest run in the package's folder.
const ROOT = process.cwd();
export const START = [process.execPath, '--import', 'tsx', 'lib/local/start.ts'];
const READY_WITHIN_MS = 90_000;

export interface StackProcess {
  /** `http://127.0.0.1:<port>` */
  url: string;
  demoUrl: string;
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** @returns the exit code, or the signal's name. */
  end(signal?: NodeJS.Signals): Promise<number | string>;
}

/** The variables of `npm start` and nothing of the test runner's own that would change it. */
export function cleanEnv(env: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), LANG: 'C.UTF-8', PORT: '0', ...env };
}

const started = new Set<ChildProcess>();

/** Runs what `npm start` runs, as a process of its own, leader of its own group. */
export function spawnStack(env: Record<string, string>, [command, ...args] = START) {
  const child = spawn(command ?? '', args, { cwd: ROOT, env: cleanEnv(env), stdio: 'pipe', detached: true });
  started.add(child);
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  return { child, text };
}

/** @returns once it says that it is ready. @throws with what it printed when it ends before. */
export async function startStack(env: Record<string, string> = {}, command = START) {
  const { child, text } = spawnStack(env, command);
  const until = Date.now() + READY_WITHIN_MS;
  while (!/^(Ready|已就绪)[\s\S]*Ctrl-C/m.test(text.stdout)) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`not ready: ${text.stdout}${text.stderr}`);
    await pause(20);
  }
  const url = /(http:\/\/127\.0\.0\.1:\d+)\/callback\/local/.exec(text.stdout)?.[1] ?? '';
  const demoUrl = /(http:\/\/127\.0\.0\.1:\d+)\/$/m.exec(text.stdout)?.[1] ?? '';
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const exited = hasEnded(child) ? undefined : once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode ?? child.signalCode ?? '';
  };
  const stack: StackProcess = { url, demoUrl, child, stdout: () => text.stdout, stderr: () => text.stderr, end };
  return stack;
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** For `afterAll`: whatever a failed test has left. */
export function killAll(): void {
  for (const child of started) if (!hasEnded(child)) signalGroup(child, 'SIGKILL');
}

/** @returns whether a process of the group was there to get it. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-(child.pid ?? 0), signal);
  } catch {
    return false;
  }
}

/** Whether nothing of the process and its children is left, soon: a child sees the end of its pipe a moment later. */
export async function groupIsGone(child: ChildProcess, withinMs = 60_000): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (signalGroup(child, 0)) {
    if (Date.now() > until) return false;
    await pause(20);
  }
  return true;
}
