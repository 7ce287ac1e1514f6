import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../simulation/seeded-random.ts';
import type { WorkerOrder } from './orders.ts';

// npm and jest run in the package's folder.
const ROOT = process.cwd();
const ESBUILD = join(ROOT, 'node_modules/.bin/esbuild');

/** One file, so that a worker starts in a fraction of a second. */
export function bundleWorker(): { program: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'));
  const program = join(folder, 'worker.cjs');
  const options = ['--bundle', '--platform=node', '--format=cjs', '--log-level=error', `--outfile=${program}`];
  execFileSync(ESBUILD, [join(ROOT, 'test/kill/worker.ts'), ...options]);
  return { program, remove: () => rmSync(folder, { recursive: true }) };
}

export interface WorkerPool {
  /** Where some worker takes callbacks, or took them a moment ago. */
  port(): number | undefined;
  kills(): number;
  /** No worker is killed any more. */
  calm(): void;
  stop(): Promise<void>;
}

interface Worker {
  process: ChildProcess;
  port?: number;
}

/** Worker processes, killed with SIGKILL at random moments and replaced at once. */
export function startWorkers(program: string, order: WorkerOrder, random: SeededRandom, count: number): WorkerPool {
  const env = { ...process.env, KILL: JSON.stringify(order) };
  const workers = Array.from({ length: count }, () => startWorker(program, env));
  let kills = 0;
  let killing = true;

  async function kill(): Promise<void> {
    while (killing) {
      await sleep(100 + random.below(900));
      const index = random.below(workers.length);
      const victim = workers[index];
      // One that has not begun to work would not be missed.
      if (!killing || victim?.port === undefined) continue;
      victim.process.kill('SIGKILL');
      kills += 1;
      workers[index] = startWorker(program, env);
    }
  }

  const killer = kill();
  return {
    port: () => random.pick(workers).port,
    kills: () => kills,
    calm: () => {
      killing = false;
    },
    async stop() {
      killing = false;
      await killer;
      await Promise.all(workers.map(({ process: one }) => end(one)));
    },
  };
}

function startWorker(program: string, env: NodeJS.ProcessEnv): Worker {
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const worker: Worker = { process: child };
  child.on('message', (port) => {
    worker.port = Number(port);
  });
  return worker;
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    if (!child.kill('SIGKILL')) resolve();
  });
}
