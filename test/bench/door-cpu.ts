import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: a script without types.
import { bundle } from '../../infra/build.mjs';
import { helpIfAsked } from './help.mjs';

helpIfAsked(import.meta.url);

/**
 * The CPU that `receive` spends on one sealed merge, its store left out, against a bare parse, verify, decrypt and parse
 * of the same bytes (`bare-open.ts`): both bundled as the function is, in one process and in interleaved rounds.
 *
 *     node --import tsx test/bench/door-cpu.ts
 *     node --import tsx test/bench/door-cpu.ts --rounds 100 --only 50 --json
 *     NODE=/path/to/node node --import tsx test/bench/door-cpu.ts
 *
 * `door` is the whole handler; `opened` its part that reads and checks; `stored` what the payload's form for the store
 * takes on top; `forged` a refusal of the same bytes under a wrong signature. Each is a ratio to the bare opening, the
 * median of paired rounds with the middle half. Ends with 1 where `door` is above 1.6 at 2.3 KB or 1.4 above.
 */
export async function main(args: string[]): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-bench-'));
  try {
    await bundle(fileURLToPath(new URL('door-rounds.ts', import.meta.url)), folder);
    const node = process.env.NODE ?? process.execPath;
    return spawnSync(node, [path.join(folder, 'index.mjs'), ...args], { stdio: 'inherit' }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
