import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  it('a lock whose process is gone is taken over, and nothing is left beside it', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    lockedBy(child.pid ?? 0);
    const unlock = lockPlan(plan);
    expect(readFileSync(`${plan}.lock`, 'utf8')).toBe(String(process.pid));
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['', 'nothing', '12 34'])('a lock that says “%s” may be of a process that runs: it stays', (text) => {
    lockedBy(text);
    expect(() => lockPlan(plan)).toThrow(`remove ${plan}.lock if none runs`);
    expect(readdirSync(folder)).toEqual(['contacts.link.json.lock']);
  });

  it('a folder that takes no files, or a lock that is a folder, is said as it is', () => {
    expect(() => lockPlan(path.join(folder, 'nowhere', 'plan'))).toThrow('cannot be written');
    mkdirSync(`${plan}.lock`);
    expect(() => lockPlan(plan)).toThrow('cannot be written');
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
