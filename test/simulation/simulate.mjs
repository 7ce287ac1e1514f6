// npm run simulate -- --seeds 5000 | --seed 17 (prints the schedule) | --mutants. --help says more.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { MUTANTS } from './mutants.mjs';

const HELP = `Deterministic simulation of the service: real handlers, simulated time, queue, stores and CRM.

  npm run simulate -- [--seeds N] [--from S] [--crm model|hubspot|salesforce|example] [--calm] [--json]
  npm run simulate -- --seed S            one seed, with its schedule
  --calm: no faults, no crashes: what the service asks of a CRM when all is well
  npm run simulate -- --mutants           takes one safeguard out at a time; each must be noticed within 1 000 seeds
  --only TEXT                             only mutants with this in their names

Exit code: 0 all promises held, 1 a promise was broken (or a mutant survived), 2 usage.`;

const MUTANT_SEEDS = 1_000;

async function main() {
  const options = {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    crm: { type: 'string', default: 'model' },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    calm: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  const { values } = parseArgs({ options });
  if (values.help) return say(HELP);
  const folder = await mkdtemp(join(tmpdir(), 'simulate-'));
  try {
    if (values.mutants) await tryMutants(folder, values);
    else if (values.seed) await showSeed(await bundle(folder), values);
    else await runSeeds(await bundle(folder), values);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const say = (line) => process.stdout.write(`${line}\n`);

function wholeNumber(text, name) {
  if (!/^\d+$/.test(text ?? '')) throw new TypeError(`--${name} needs a whole number`);
  return Number(text);
}

async function bundle(folder, mutant) {
  const outfile = join(folder, 'run-range.mjs');
  const root = join(import.meta.dirname, '..', '..');
  let hits = 0;
  const mutate = {
    name: 'mutate',
    setup(on) {
      on.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const edits = (mutant?.edits ?? []).filter(({ file }) => path === join(root, file));
        hits += edits.filter(({ from }) => source.split(from).length === 2).length;
        const mutated = edits.reduce((text, { from, to }) => text.replace(from, () => to), source);
        // Files that tests read stand beside their sources, not beside the bundle.
        return { contents: mutated.replaceAll('__dirname', JSON.stringify(dirname(path))), loader: 'ts' };
      });
    },
  };
  const entryPoints = [join(import.meta.dirname, 'run-range.ts')];
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
    plugins: [mutate],
    logLevel: 'error',
  });
  if (mutant && hits !== mutant.edits.length)
    throw new Error(`the mutant "${mutant.name}" no longer fits its files: mend it in mutants.mjs`);
  return outfile;
}

/** Splits the seeds among the cores. */
async function runSeeds(program, values) {
  const from = wholeNumber(values.from, 'from');
  const seeds = wholeNumber(values.seeds, 'seeds');
  const began = performance.now();
  const total = { done: 0, failures: [], events: 0, effects: 0, links: 0, undos: 0, plannedCalls: 0, calls: {} };
  const progress = setInterval(() => process.stderr.write(`${total.done} of ${seeds} seeds\n`), 10_000);
  const threads = Math.min(availableParallelism(), seeds);
  const share = Math.ceil(seeds / threads);
  const running = Promise.all(
    Array.from({ length: threads }, (_, index) => {
      const start = from + index * share;
      return run(program, { ...rangeOf(values), from: start, to: Math.min(start + share, from + seeds) }, (report) =>
        sum(total, report),
      );
    }),
  );
  await running.finally(() => clearInterval(progress));
  report(total, Math.round(performance.now() - began), values);
}

const rangeOf = (values) => ({ crm: values.crm, calm: values.calm, tracing: false, untilFailure: false });

function run(program, workerData, onReport) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData });
    worker.on('message', onReport);
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`))));
  });
}

function sum(total, report) {
  for (const key of ['done', 'events', 'effects', 'links', 'undos', 'plannedCalls']) total[key] += report[key];
  total.failures.push(...report.failures);
  for (const [kind, count] of Object.entries(report.calls)) total.calls[kind] = (total.calls[kind] ?? 0) + count;
}

function report({ done, failures, events, effects, links, undos, plannedCalls, calls }, milliseconds, values) {
  for (const failure of failures.slice(0, 10)) show(failure);
  const made = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const callsPerPlannedCall = Number((made / plannedCalls).toFixed(3));
  const summary = {
    seeds: done,
    violations: failures.length,
    events,
    effects,
    links,
    undos,
    calls,
    callsPerPlannedCall,
    milliseconds,
  };
  say(values.json ? JSON.stringify(summary) : describe(summary));
  if (failures.length > 0) process.exitCode = 1;
}

const describe = ({ seeds, violations, events, effects, links, undos, calls, callsPerPlannedCall, milliseconds }) =>
  `${seeds} seeds, ${violations} with violations; ${events} events, ${effects} merges took effect; ${links} ids were linked; ${undos} merges were taken back; ` +
  `CRM calls: ${Object.entries(calls)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')} (${callsPerPlannedCall} for each one planned); ${(milliseconds / 1000).toFixed(1)} s`;

function show({ seed, violations, description }) {
  say(`seed ${seed}: ${violations.join('; ')}\n  ${description}\n  replay: npm run simulate -- --seed ${seed}`);
}

async function showSeed(program, values) {
  const seed = wholeNumber(values.seed, 'seed');
  await run(program, { ...rangeOf(values), tracing: true, from: seed, to: seed + 1 }, ({ failures: [result] }) => {
    say(result.trace.join('\n'));
    say(result.violations.length > 0 ? '' : `seed ${seed}: all promises held\n  ${result.description}`);
    if (result.violations.length > 0) show(result);
    process.exitCode = result.violations.length > 0 ? 1 : 0;
  });
}

async function tryMutants(folder, values) {
  for (const mutant of MUTANTS.filter(({ name }) => name.includes(values.only))) {
    const program = await bundle(folder, mutant);
    let caught;
    const range = { ...rangeOf(values), untilFailure: true, from: 1, to: MUTANT_SEEDS + 1 };
    await run(program, range, ({ failures }) => {
      caught ??= failures[0];
    });
    say(
      caught
        ? `caught   by seed ${String(caught.seed).padStart(4)}  ${mutant.name}: ${caught.violations[0]}`
        : `SURVIVED ${mutant.name}`,
    );
    if (!caught) process.exitCode = 1;
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof TypeError ? error.message : error.stack}\n`);
  process.exitCode = 2;
});
