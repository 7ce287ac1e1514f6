/**
 * Adds up test runs: `node .ci/sum.mjs RESULT.json… [-- FAILED STEP…]` prints `N passed, N failed` as its last line.
 * A suite that did not run, a run without tests or without a result, and a failed step each count as a failure.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const args = process.argv.slice(2);
const split = args.includes('--') ? args.indexOf('--') : args.length;
const runs = args.slice(0, split).map(readRun);
// A step that is a run by name has its failures counted already.
const counted = new Set(runs.filter((run) => run.failed > 0).map((run) => run.name));
const failedSteps = args.slice(split + 1).filter((step) => !counted.has(step));

for (const { name, passed, failed } of runs) console.log(`${name}: ${passed} passed, ${failed} failed`);
for (const step of failedSteps) console.log(`step failed: ${step}`);
const passed = total(runs.map((run) => run.passed));
const failed = total(runs.map((run) => run.failed)) + failedSteps.length;
console.log('');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function readRun(file) {
  const name = path.basename(file, '.json');
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    const notRun = result.numRuntimeErrorTestSuites + (result.numTotalTests === 0 ? 1 : 0);
    return { name, passed: result.numPassedTests, failed: result.numFailedTests + notRun };
  } catch {
    return { name, passed: 0, failed: 1 };
  }
}

function total(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0);
}
