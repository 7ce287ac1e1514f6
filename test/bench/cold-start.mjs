/**
 * Cold start of `receive`: a fresh Node process that imports the bundle and ends, against the two bare AWS clients.
 *
 *   npm run bench:cold -- [--rounds 41] [--node /path/to/node] [--json]
 *
 * All candidates run once in every round, in turning order, so that whatever else the machine does hits them alike;
 * compared are medians of the time over the empty process of the same round. Exit code 1 above the limit.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle, startupBytes } from '../../infra/build.mjs';

const LIMIT = 1.1; // × the two clients in one file, both over the empty process.
const MEMORY_RUNS = 5;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '41' },
    node: { type: 'string', default: process.execPath },
    json: { type: 'boolean', default: false },
  },
});
// What a Lambda function finds in its environment; nothing is called while it loads.
const env = {
  PATH: process.env.PATH,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  TENANTS: 'main',
  EVENTS_TABLE: 'events',
  QUEUE_URL: 'http://127.0.0.1:1/queue',
  SETTINGS_PREFIX: '/bench',
};

const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-bench-'));
try {
  const report = measure(await candidates(folder));
  console.log(options.json ? JSON.stringify(report, null, 2) : asTable(report));
  process.exitCode = report.ratioToOneFile > LIMIT ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function candidates(folder) {
  const at = (name) => path.join(folder, name);
  const oneFile = await bundle(here('two-clients.ts'), at('one-file'), { splitting: false });
  const split = await bundle(here('two-clients.ts'), at('split'));
  const receive = await bundle(here('../../functions/receive/index.ts'), at('receive'));
  writeFileSync(at('empty.mjs'), '');
  return [
    { name: 'empty process', file: at('empty.mjs'), bytes: 0 },
    { name: 'two AWS clients, one file', file: at('one-file/index.mjs'), bytes: startupBytes(oneFile) },
    { name: 'two AWS clients, split', file: at('split/index.mjs'), bytes: startupBytes(split) },
    { name: 'receive', file: at('receive/index.mjs'), bytes: startupBytes(receive) },
  ];
}

function measure(all) {
  const rounds = Number(options.rounds);
  const times = all.map(() => []);
  for (const { file } of all) timeOf(file); // Fills the file cache.
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < all.length; turn++) {
      const index = (round + turn) % all.length;
      times[index].push(timeOf(all[index].file));
    }
  const rows = all.map(({ name, file, bytes }, index) => ({
    name,
    totalMs: median(times[index]),
    overEmptyMs: median(times[index].map((time, round) => time - times[0][round])),
    startupKiB: bytes / 1024,
    rssMiB: median(Array.from({ length: MEMORY_RUNS }, () => rssOf(file))),
  }));
  const [, oneFile, split, receive] = rows;
  return {
    node: run(['--version']).stdout.trim(),
    rounds,
    rows,
    ratioToOneFile: receive.overEmptyMs / oneFile.overEmptyMs,
    ratioToSplit: receive.overEmptyMs / split.overEmptyMs,
    limit: LIMIT,
  };
}

function run(args) {
  const result = spawnSync(options.node, args, { env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`node ${args.join(' ')} failed:\n${result.stderr}`);
  return result;
}

function timeOf(file) {
  const start = process.hrtime.bigint();
  run([file]);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function rssOf(file) {
  const code = `await import(${JSON.stringify(file)}); console.log(process.memoryUsage.rss())`;
  return Number(run(['--input-type=module', '--eval', code]).stdout) / 2 ** 20;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function asTable({ node, rounds, rows, ratioToOneFile, ratioToSplit, limit }) {
  const line = (name, ...cells) => name.padEnd(28) + cells.map((cell) => String(cell).padStart(12)).join('');
  return [
    `Cold start on Node ${node}, medians of ${rounds} rounds`,
    line('', 'total ms', 'over empty', 'read KiB', 'RSS MiB'),
    ...rows.map((row) =>
      line(row.name, ...[row.totalMs, row.overEmptyMs, row.startupKiB, row.rssMiB].map((cell) => cell.toFixed(1))),
    ),
    '',
    `receive over the empty process: ${ratioToOneFile.toFixed(2)} × the two clients in one file (limit ${limit.toFixed(2)}),`,
    `                                ${ratioToSplit.toFixed(2)} × the two clients split as receive is`,
  ].join('\n');
}
