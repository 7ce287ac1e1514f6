import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lockPlan } from '../../lib/cli/link/lock-plan.ts';

let folder: string;
let plan: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lock-plan-'));
  plan = path.join(folder, 'contacts.link.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockedBy = (pid: number | string) => writeFileSync(`${plan}.lock`, String(pid));

/** A process that ended, whose parent does not look: it stays in the table of processes. It outlives the shell, which would look. */
async function makeZombie() {
  const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line).trim());
  for (let tries = 0; tries < 600; tries++) {
    if (/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) break;
    await pause(50);
  }
  return { pid, end: () => void parent.kill('SIGKILL') };
}

describe('one run of a plan at a time', () => {
  it('a second run is refused while the first lives, and may follow it', () => {
    const unlock = lockPlan(plan);
    expect(() => lockPlan(plan)).toThrow('another run has this plan');
    unlock();
    expect(existsSync(`${plan}.lock`)).toBe(false);
    lockPlan(plan)();
  });

  it('a lock whose process is gone, or that names none, is taken over', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    for (const pid of [child.pid ?? 0, 'nothing', '']) {
      lockedBy(pid);
      lockPlan(plan)();
    }
  });

  it('a lock whose process was killed and is still in the table of processes is taken over', async () => {
    if (!existsSync('/proc/self/stat')) return; // Only Linux tells a zombie from a process that runs.
    const { pid, end } = await makeZombie();
    try {
      lockedBy(pid);
      lockPlan(plan)();
    } finally {
      end();
    }
  });
});
