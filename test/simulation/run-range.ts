import { parentPort, workerData } from 'node:worker_threads';
import { crmMakers } from './crm-makers.ts';
import { runSeed, type SeedResult } from './run-seed.ts';

export interface Range {
  from: number;
  to: number;
  crm: string;
  tracing: boolean;
  calm: boolean;
  /** Stop at the first seed that fails. */
  untilFailure: boolean;
}

export interface RangeReport {
  done: number;
  failures: Pick<SeedResult, 'seed' | 'violations' | 'description' | 'trace'>[];
  events: number;
  effects: number;
  links: number;
  undos: number;
  plannedCalls: number;
  calls: Record<string, number>;
}

const REPORT_EVERY = 100;

/** Runs seeds one after the other, telling how far it has come. The thread's side of simulate.mjs. */
async function runRange(range: Range, tell: (report: RangeReport) => void): Promise<void> {
  let report = emptyReport();
  for (let seed = range.from; seed < range.to; seed++) {
    const result = await runSeed(seed, { tracing: range.tracing, calm: range.calm, makeCrm: crmMakers(range.crm) });
    add(report, result, range.tracing);
    const failed = range.untilFailure && report.failures.length > 0;
    if (report.done === REPORT_EVERY || failed || seed === range.to - 1) {
      tell(report);
      report = emptyReport();
    }
    if (failed) return;
  }
}

const emptyReport = (): RangeReport => ({
  done: 0,
  failures: [],
  events: 0,
  effects: 0,
  links: 0,
  undos: 0,
  plannedCalls: 0,
  calls: {},
});

function add(report: RangeReport, result: SeedResult, tracing: boolean): void {
  const { seed, violations, description, trace, counts } = result;
  report.done += 1;
  report.events += counts.events;
  report.effects += counts.effects;
  report.links += counts.links;
  report.undos += counts.undos;
  report.plannedCalls += counts.plannedCalls;
  for (const [kind, count] of Object.entries(counts.calls)) report.calls[kind] = (report.calls[kind] ?? 0) + count;
  if (violations.length > 0 || tracing) report.failures.push({ seed, violations, description, trace });
}

if (parentPort) void runRange(workerData as Range, (report) => parentPort?.postMessage(report));
