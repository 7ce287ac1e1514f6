/** What proves an adapter of one's own: `dustess-merge-sync/adapter/testing`. docs/adapter.md says how. */
import { type RecordCrmContractOptions, recordCrmContract as runRecordCrmContract } from '../contracts/record-crm.ts';
import type { RecordCrmTools, RecordCrmWorld } from '../contracts/record-crm-world.ts';
import { runSeed } from '../simulation/run-seed.ts';
import type { CrmMaker } from '../simulation/simulated-crm.ts';

export { type Cassette, createRecordingFetch, createReplayingFetch } from '../../lib/crm/recording-fetch.ts';
export type { Failing, Fault, Faults, SentRequest } from '../contracts/faulty-fetch.ts';
export { linkableCrmContract } from '../contracts/linkable-crm.ts';
export type { Operation, RecordCrmTools, RecordCrmWorld, RecordSeen } from '../contracts/record-crm-world.ts';
export { serveAnswers } from '../lookalikes/serve-answers.ts';
export { FIELDS, type FieldKey } from '../simulation/history.ts';
export type { SeededRandom } from '../simulation/seeded-random.ts';
export { type Account, simulated } from '../simulation/simulated-account.ts';
export type { CrmMaker } from '../simulation/simulated-crm.ts';
export { CALL_MS } from '../simulation/world.ts';

/** `describe`, `it`, `expect` and `afterEach` of jest or vitest, where they are not global. */
export interface Runner {
  describe: unknown;
  it: unknown;
  expect: unknown;
  afterEach: unknown;
}

/** Everything the core relies on in a CRM of records, as tests of jest or vitest. */
export function recordCrmContract(
  name: string,
  makeWorld: (tools: RecordCrmTools) => Promise<RecordCrmWorld>,
  { runner, ...options }: RecordCrmContractOptions & { runner?: Runner } = {},
): void {
  if (runner) Object.assign(globalThis, runner);
  runRecordCrmContract(name, makeWorld, options);
}

/** Seeds to run: the first, and how many. */
export interface Seeds {
  from?: number;
  seeds: number;
}

/**
 * Runs the real handlers with a CRM under schedules that reorder, repeat, crash and lose answers.
 * @returns broken promises, each with its seed and what happened; empty where all were kept.
 */
export async function simulate(makeCrm: CrmMaker, { from = 1, seeds }: Seeds): Promise<string[]> {
  const broken: string[] = [];
  for (let seed = from; seed < from + seeds; seed++) {
    const { violations, description } = await runSeed(seed, { makeCrm });
    broken.push(...violations.map((violation) => `seed ${seed}: ${violation}\n  ${description}`));
  }
  return broken;
}

/** The schedule of one seed, a line a step, for a person to read. */
export async function traceSeed(makeCrm: CrmMaker, seed: number): Promise<string[]> {
  return (await runSeed(seed, { makeCrm, tracing: true })).trace;
}
