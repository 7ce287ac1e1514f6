import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSourceTree } from '../structure/source-tree.ts';

const metricsFile = readFileSync(path.join(__dirname, '../../infra/metrics.yml'), 'utf8');
const filtered = new Set([...metricsFile.matchAll(/\$\.metric = "([a-z-]+)"/g)].map((match) => match[1] ?? ''));
const code = Object.entries(readSourceTree())
  .filter(([file]) => /^(lib|functions)\//.test(file))
  .map(([, text]) => text)
  .join('\n');

/** For whoever searches the log; something else raises the alarm, or nothing needs to. */
const NO_ALARM_OF_ITS_OWN = new Set([
  'apply-failed', // The message comes back, and after five times the dead-letter queue's alarm tells.
  'left-to-reconcile', // Heals within minutes.
  'not-stored', // The sender got a 5xx, and that has an alarm.
  'reconciled', // Business as usual.
  'settings-stale', // Heals by itself, or ends after fifteen minutes in callbacks that get 503, and those have an alarm.
  'repeat-differs', // The sender's doing; the first copy holds.
]);

it('promise 7: every metric that is filtered from the log is logged by the code', () => {
  expect([...filtered].filter((name) => !code.includes(`'${name}'`))).toEqual([]);
  expect(filtered.size).toBeGreaterThan(0);
});

it('promise 7: every metric the code logs is counted, or left uncounted on purpose', () => {
  const logged = new Set([...code.matchAll(/\bmetric: '([a-z-]+)'/g)].map((match) => match[1] ?? ''));
  expect([...logged].filter((name) => !filtered.has(name) && !NO_ALARM_OF_ITS_OWN.has(name))).toEqual([]);
});
