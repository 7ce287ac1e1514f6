/**
 * Cold start of `receive` and `apply`: a fresh Node process that imports the bundle, against the two bare AWS clients.
 *
 *   npm run bench -- --only cold [--rounds 41] [--node /path/to/node] [--json]
 *
 * All candidates run once in every round, in turning order, so that whatever else the machine does hits them alike. A
 * ratio is the median of the rounds' own ratios, its spread the middle half of them. Judged is CPU time: on a machine
 * with other work, time on the wall says how busy that is. Exit code 1 above a limit.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle, startupBytes } from '../../infra/build.mjs';
import { helpIfAsked } from './help.mjs';
import { median, quartiles } from './statistics.mjs';

helpIfAsked(import.meta.url);

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const CLIENTS = 'two AWS clients, split';
/** What the clients' bundle is made with: esbuild as we use it, without what we leave out for Lambda. */
const YARDSTICK = { forLambda: false };
const CANDIDATES = [
  { name: CLIENTS, entry: here('two-clients.ts'), options: YARDSTICK },
  { name: 'two AWS clients, one file', entry: here('two-clients.ts'), options: { ...YARDSTICK, splitting: false } },
  { name: 'receive', entry: here('../../functions/receive/index.ts'), limit: 1.02 },
  { name: 'apply', entry: here('../../functions/apply/index.ts'), limit: 1.15 },
];

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
  LEDGER_TABLE: 'ledger',
  QUEUE_URL: 'http://127.0.0.1:1/queue',
  OUTCOMES_QUEUE_URL: 'http://127.0.0.1:1/outcomes',
  SETTINGS_PREFIX: '/bench',
};

const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-bench-'));
try {
  const report = reportOn(measure(await candidates(folder)));
  console.log(options.json ? JSON.stringify(report) : asTable(report));
  process.exitCode = report.rows.every(({ ok }) => ok) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function candidates(folder) {
  const built = [];
  for (const [index, { entry, options: how, ...candidate }] of CANDIDATES.entries()) {
    const outdir = path.join(folder, String(index));
    const metafile = await bundle(entry, outdir, how);
    built.push({ ...candidate, file: path.join(outdir, 'index.mjs'), bytes: startupBytes(metafile) });
  }
  return built;
}

function measure(all) {
  const runs = all.map(() => []);
  for (const { file } of all) loadOnce(file); // Fills the file cache.
  for (let round = 0; round < Number(options.rounds); round++)
    for (let turn = 0; turn < all.length; turn++) {
      const index = (round + turn) % all.length;
      runs[index].push(loadOnce(all[index].file));
    }
  return all.map((candidate, index) => ({ ...candidate, runs: runs[index] }));
}

/** @returns milliseconds of CPU and on the wall for the import, and MiB in memory after it. */
function loadOnce(file) {
  const code = `const cpu = process.cpuUsage(), start = performance.now();
    await import(${JSON.stringify(file)});
    const wallMs = performance.now() - start, { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, rssMiB: process.memoryUsage.rss() / 2 ** 20 }));`;
  return JSON.parse(run(['--input-type=module', '--eval', code]));
}

function run(args) {
  const result = spawnSync(options.node, args, { env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`node ${args[0]} failed:\n${result.stderr}`);
  return result.stdout.trim();
}

function reportOn(measured) {
  const [peer] = measured;
  const rows = measured.map(({ name, bytes, runs, limit }) => {
    const of = (what) => median(runs.map((one) => one[what]));
    const ratios = (what) => runs.map((one, round) => one[what] / peer.runs[round][what]);
    const ratio = median(ratios('cpuMs'));
    return {
      figure: `cold start of ${name}`,
      value: of('cpuMs'),
      unit: 'ms CPU',
      peer: CLIENTS,
      ratio,
      spread: quartiles(ratios('cpuMs')),
      limit,
      ok: limit === undefined || ratio <= limit,
      startupBytes: bytes,
      wallMs: of('wallMs'),
      wallRatio: median(ratios('wallMs')),
      rssMiB: of('rssMiB'),
    };
  });
  return { part: 'cold', node: run(['--version']), rounds: Number(options.rounds), rows };
}

function asTable({ node, rounds, rows }) {
  const line = (name, ...cells) => name.padEnd(40) + cells.map((cell) => String(cell).padStart(13)).join('');
  const spread = ({ ratio, spread: [low, high] }) => `${ratio.toFixed(2)} ${low.toFixed(2)}–${high.toFixed(2)}`;
  return [
    `Import on Node ${node}, medians of ${rounds} rounds; ratio to “${CLIENTS}” with the middle half of the rounds`,
    line('', 'ms CPU', 'ratio', '', 'limit', 'ms wall', 'read KiB', 'RSS MiB'),
    ...rows.map((row) =>
      line(
        row.figure,
        row.value.toFixed(1),
        spread(row),
        '',
        row.limit?.toFixed(2) ?? '',
        row.wallMs.toFixed(1),
        (row.startupBytes / 1024).toFixed(0),
        row.rssMiB.toFixed(0),
      ),
    ),
  ].join('\n');
}
