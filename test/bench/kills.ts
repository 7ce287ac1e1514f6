/**
 * Ten runs of 100 events on one DATA_DIR, the stack killed three times with SIGKILL in each: `npm run bench:kills`.
 * Options: --runs 10 --events 100 --kills 3. Ends with 1 when an event is left open or a pair was not merged once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { killRun } from '../local/kill-runs.ts';
import { helpIfAsked } from './help.mjs';

helpIfAsked(import.meta.url);

const number = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({ options: { runs: number('10'), events: number('100'), kills: number('3') } });
const [runs, events, kills] = [Number(values.runs), Number(values.events), Number(values.kills)];
const dataDir = mkdtempSync(path.join(tmpdir(), 'merge-sync-kills-'));
const began = Date.now();
let left = 0;
for (let number = 1; number <= runs; number++) {
  const pauseMs = () => 200 + Math.random() * 2_500;
  const result = await killRun({ dataDir, name: `run${number}`, events, kills, pauseMs, patienceMs: 120_000 });
  left += result.open.length + result.notOnce.length;
  process.stdout.write(`run ${number}: ${result.open.length} open, ${result.notOnce.length} not merged once\n`);
  for (const line of [...result.open, ...result.notOnce]) process.stdout.write(`  ${line}\n`);
}
const seconds = ((Date.now() - began) / 1000).toFixed(0);
process.stdout.write(`${runs * events} events, ${runs * kills} kills, ${left} left, ${seconds} s\n`);
rmSync(dataDir, { recursive: true, force: true });
process.exitCode = left === 0 ? 0 : 1;
