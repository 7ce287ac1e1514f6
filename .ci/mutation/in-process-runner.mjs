/**
 * A test runner for Stryker that loads the tests once and runs them in its own process: a mutant takes milliseconds
 * where jest takes seconds. It knows what our tests use of jest, and nothing more.
 * https://stryker-mutator.io/docs/stryker-js/guides/create-a-plugin/
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { INSTRUMENTER_CONSTANTS as NAMES } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { bundleTests } from './bundle-tests.mjs';
import { collectTests } from './collect-tests.mjs';

const namespace = () => {
  globalThis[NAMES.NAMESPACE] ??= {};
  return globalThis[NAMES.NAMESPACE];
};

function createRunner() {
  let tests = [];

  async function runOne({ id, file, run }) {
    const startedAt = performance.now();
    namespace()[NAMES.CURRENT_TEST_ID] = id;
    const failure = await run().then(
      () => undefined,
      (error) => error,
    );
    namespace()[NAMES.CURRENT_TEST_ID] = undefined;
    const facts = { id, name: id, fileName: file, timeSpentMs: performance.now() - startedAt };
    if (failure === undefined) return { ...facts, status: TestStatus.Success };
    return { ...facts, status: TestStatus.Failed, failureMessage: String(failure?.message ?? failure) };
  }

  async function runAll(some, stopsEarly) {
    const results = [];
    for (const test of some) {
      results.push(await runOne(test));
      if (stopsEarly && results.at(-1).status === TestStatus.Failed) break;
    }
    return { status: DryRunStatus.Complete, tests: results };
  }

  return {
    // A mutant that only counts while the code is loaded needs a process of its own.
    capabilities: () => ({ reloadEnvironment: false }),

    async init() {
      const file = await bundleTests(process.cwd(), process.env.TESTS);
      tests = await collectTests(() => createRequire(path.resolve('package.json'))(file));
    },

    async dryRun() {
      const result = await runAll(tests, false);
      const spent = new Map(result.tests.map(({ id, timeSpentMs }) => [id, timeSpentMs]));
      tests.sort((a, b) => spent.get(a.id) - spent.get(b.id)); // The quick ones kill first.
      return { ...result, mutantCoverage: namespace()[NAMES.MUTATION_COVERAGE_OBJECT] };
    },

    async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
      const state = namespace();
      Object.assign(state, { [NAMES.HIT_LIMIT]: hitLimit, [NAMES.HIT_COUNT]: hitLimit === undefined ? undefined : 0 });
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
