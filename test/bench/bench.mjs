/**
 * All benchmarks, or one: `npm run bench -- [--only NAME] [--json] [options of that one]`.
 *
 *   cold         CPU time of the cold start of receive and apply, against the two bare AWS clients
 *   bytes        what each function reads at start-up, and its whole bundle
 *   throughput   HubSpot's limit, backlogs and neighbours, in simulated time
 *   door         CPU of a callback, against a bare parse, verify, decrypt and parse
 *   requests     what an event asks of DynamoDB, as test/requests counts it
 *   console      its pages over 100 000 events and a tree of 5 000, and its memory
 *   growth       the same after chains of 1 000, survivors with 10 000 losers, ledgers of 1 000 000 contacts
 *
 * `--only NAME --help` says what a part takes. A part compares within one run, in turning order. Exit code 1 where a figure
 * misses its limit.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { helpIfAsked } from './help.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const program = (file) => (file.endsWith('.ts') ? ['--import', 'tsx', here(file)] : [here(file)]);
const PARTS = {
  cold: (args) => run([...program('cold-start.mjs'), ...args]),
  bytes: () => bytes(),
  throughput: (args) => run([...program('throughput.ts'), ...args]),
  door: (args) => door(args),
  requests: () => requests(),
  console: (args) => withBundle('console.ts', (file) => run([file, ...args])),
  growth: (args) => run([...program('growth.ts'), ...args]),
};

const PROGRAMS = { cold: 'cold-start.mjs', throughput: 'throughput.ts', door: 'door-cpu.ts', growth: 'growth.ts' };

const args = process.argv.slice(2);
const isJson = args.includes('--json');
if (args.includes('--help') && !args.includes('--only')) helpIfAsked(import.meta.url);
runParts();

function runParts() {
  const at = args.indexOf('--only');
  const only = at < 0 ? undefined : args[at + 1];
  if (at >= 0 && !Object.hasOwn(PARTS, only ?? '')) {
    console.error(`--only must be one of ${Object.keys(PARTS).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const own =
    only === undefined ? [] : args.filter((arg, index) => index !== at && index !== at + 1 && arg !== '--json');
  const names =
    only === undefined
      ? Object.keys(PARTS).filter((name) => name !== 'door' || existsSync(here('door-cpu.ts')))
      : [only];
  if (args.includes('--help')) return showHelp(PROGRAMS[only] ?? 'bench.mjs');
  const reports = names.map((name) => PARTS[name](own));
  if (isJson) console.log(JSON.stringify({ node: process.version, reports }, null, 2));
  else for (const { part, rows } of reports) console.log([part, ...rows.map(asLine), ''].join('\n'));
  if (reports.some(({ rows }) => rows.some(({ ok }) => ok === false))) process.exitCode = 1;
}

function showHelp(file) {
  spawnSync(process.execPath, [...program(file), '--help'], { stdio: 'inherit' });
}

/** A part's report, as it prints it with `--json`. */
function run(args) {
  return JSON.parse(outputOf(args));
}

/** Bundled, as the command is: a loader of TypeScript would count as memory of the program. */
function withBundle(file, work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-bench-'));
  const outfile = path.join(folder, 'bundle.mjs');
  try {
    buildSync({ entryPoints: [here(file)], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' });
    return work(outfile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `door-cpu.ts` prints a row a line. */
function door(args) {
  const lines = outputOf([...program('door-cpu.ts'), ...args])
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const rows = lines
    .filter(({ door }) => door)
    .map(({ name, limit, door: { median, low, high, floorMicroseconds } }) => ({
      figure: `CPU at the door, ${name}`,
      value: median * floorMicroseconds,
      unit: 'µs',
      peer: 'a bare opening',
      ratio: median,
      spread: [low, high],
      limit,
      ok: median <= limit,
    }));
  return { part: 'door', rows };
}

function outputOf(args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0 && status !== 1) throw new Error(`node ${args.join(' ')} failed:\n${stderr}`);
  return stdout;
}

function bytes() {
  const { stdout } = spawnSync(process.execPath, [here('../../infra/build.mjs'), '--json'], { encoding: 'utf8' });
  const rows = Object.entries(JSON.parse(stdout)).flatMap(([name, { startupBytes, bytes }]) => [
    { figure: `${name}, read at start-up`, value: startupBytes, unit: 'bytes' },
    { figure: `${name}, whole bundle`, value: bytes, unit: 'bytes' },
  ]);
  return { part: 'bytes', rows };
}

/** The counts that test/requests asserts. */
function requests() {
  const { command, record, ...others } = JSON.parse(readFileSync(here('../requests/counts.json'), 'utf8'));
  const byLosers = { command, record };
  const rows = Object.entries(byLosers).flatMap(([style, counts]) =>
    Object.entries(counts).map(([losers, count]) => rowOf(`${style}-style, ${losers} losers`, count)),
  );
  return { part: 'requests', rows: [...rows, ...Object.entries(others).map(([name, count]) => rowOf(name, count))] };
}

function rowOf(figure, { requests, writeUnits, readUnits }) {
  return { figure: `${figure} (${writeUnits} units written, ${readUnits} read)`, value: requests, unit: 'requests' };
}

function asLine({ figure, value, unit, peer, ratio, spread, limit, ok }) {
  const number = Number.isInteger(value) ? String(value) : value.toFixed(2);
  const range = spread ? ` (${spread.map((one) => one.toFixed(2)).join('–')})` : '';
  const compared = ratio === undefined ? '' : ` ${ratio.toFixed(2)}${range} × ${peer}`;
  const judged = limit === undefined ? '' : `, limit ${limit}${ok ? '' : ': MISSED'}`;
  return `  ${figure.padEnd(58)} ${number.padStart(9)} ${unit}${compared}${judged}`;
}
