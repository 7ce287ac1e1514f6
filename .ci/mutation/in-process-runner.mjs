/**
 * A test runner for Stryker that loads the tests once and runs them in its own process: a mutant takes milliseconds
 * where jest takes seconds. It knows what our tests use of jest, and nothing more.
 * https://stryker-mutator.io/docs/stryker-js/guides/create-a-plugin/
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { INSTRUMENTER_CONSTANTS as NAMES } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  MutantRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { bundleTests } from './bundle-tests.mjs';
import { collectTests } from './collect-tests.mjs';

const namespace = () => {
  globalThis[NAMES.NAMESPACE] ??= {};
  return globalThis[NAMES.NAMESPACE];
};

async function runOne({ id, file, run }) {
  const startedAt = performance.now();
  namespace()[NAMES.CURRENT_TEST_ID] = id;
  const failure = await run().then(
    () => undefined,
    (error) => error ?? new Error('failed with nothing'),
  );
  namespace()[NAMES.CURRENT_TEST_ID] = undefined;
  const facts = { id, name: id, fileName: file, timeSpentMs: performance.now() - startedAt };
  if (failure === undefined) return { ...facts, status: TestStatus.Success };
  return { ...facts, status: TestStatus.Failed, failureMessage: String(failure?.message ?? failure) };
}

async function runAll(tests, stopsEarly) {
  const results = [];
  for (const test of tests) {
    results.push(await runOne(test));
    if (stopsEarly && results.at(-1).status === TestStatus.Failed) break;
  }
  return { status: DryRunStatus.Complete, tests: results };
}

async function loadTests(bundle) {
  const require = createRequire(path.resolve('package.json'));
  delete require.cache[bundle];
  return collectTests(() => require(bundle));
}

/**
 * What the first run says of the tests that take at most so long. Slow ones are left out of the whole run then: a mutant
 * that only they would kill counts as survived, until a run with `--incremental` and without the limit asks them too.
 */
function quickOnes({ tests, ...result }, coverage, atMostMs) {
  const isQuick = ({ status, timeSpentMs }) => status !== TestStatus.Success || timeSpentMs <= atMostMs;
  const [quick, slow] = [tests.filter(isQuick), tests.filter((test) => !isQuick(test))];
  // Their time stays told: what no test accounts for is added to the time that each mutant has.
  const timeSpentMs = slow.reduce((sum, test) => sum + test.timeSpentMs, 0);
  const leftOut = { id: 'left out', name: 'left out', status: TestStatus.Success, timeSpentMs };
  const perTest = Object.fromEntries(
    quick.flatMap(({ id }) => (coverage.perTest[id] ? [[id, coverage.perTest[id]]] : [])),
  );
  return {
    ...result,
    tests: slow.length > 0 ? [...quick, leftOut] : quick,
    mutantCoverage: { ...coverage, perTest },
  };
}

// Beside the sandbox's other files: the process that follows one that ran out of time knows them too.
const TIMES = 'test-times.json';
const readTimes = () => new Map(existsSync(TIMES) ? JSON.parse(readFileSync(TIMES, 'utf8')) : []);

function createRunner() {
  let bundle;
  let tests = [];
  let timesSpent = new Map();

  const timeOf = ({ id }) => timesSpent.get(id) ?? 0;
  const quickestFirst = () => tests.sort((a, b) => timeOf(a) - timeOf(b));

  /** @returns why the tests cannot be loaded, if they cannot: a mutant that only counts while the code is loaded. */
  async function reload() {
    try {
      tests = await loadTests(bundle);
      quickestFirst();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  return {
    capabilities: () => ({ reloadEnvironment: true }),

    async init() {
      bundle = await bundleTests(process.cwd(), process.env.TESTS);
      tests = await loadTests(bundle);
      timesSpent = readTimes();
      quickestFirst();
    },

    async dryRun() {
      const result = await runAll(tests, false);
      timesSpent = new Map(result.tests.map(({ id, timeSpentMs }) => [id, timeSpentMs]));
      writeFileSync(TIMES, JSON.stringify([...timesSpent]));
      quickestFirst();
      const atMostMs = Number(process.env.AT_MOST_MS ?? Number.POSITIVE_INFINITY);
      return quickOnes(result, namespace()[NAMES.MUTATION_COVERAGE_OBJECT], atMostMs);
    },

    async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit, disableBail, reloadEnvironment }) {
      const state = namespace();
      Object.assign(state, { [NAMES.HIT_LIMIT]: hitLimit, [NAMES.HIT_COUNT]: hitLimit === undefined ? undefined : 0 });
      state[NAMES.ACTIVE_MUTANT] = mutantActivation === 'static' ? activeMutant.id : undefined;
      const problem = reloadEnvironment ? await reload() : undefined;
      if (problem)
        return { status: MutantRunStatus.Killed, failureMessage: String(problem), killedBy: [], nrOfTests: 0 };
      state[NAMES.ACTIVE_MUTANT] = activeMutant.id;
      const wanted = testFilter && new Set(testFilter);
      const result = await runAll(wanted ? tests.filter(({ id }) => wanted.has(id)) : tests, !disableBail);
      const endless = determineHitLimitReached(state[NAMES.HIT_COUNT], hitLimit);
      state[NAMES.ACTIVE_MUTANT] = undefined;
      return toMutantRunResult(endless ?? result);
    },
  };
}

createRunner.inject = [];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', createRunner)];
