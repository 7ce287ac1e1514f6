/**
 * Histories of merges at three kinds of CRM, with faults, the service's processes killed at random all the while:
 *
 *     npm run bench:histories -- --seeds 24 --events 50 --from 1
 *
 * A seed is three histories of so many events: one for an in-house CRM that takes commands, one for a CRM of records,
 * one for a look-alike of HubSpot. Ends with 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import startEmulators from '../emulators/start.mjs';
import stopEmulators from '../emulators/stop.mjs';
import { bundleWorker } from '../kill/worker-pool.ts';
import { helpIfAsked } from './help.mjs';

helpIfAsked(import.meta.url);

const number = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { seeds: number('24'), events: number('50'), from: number('1') } });
const [seeds, length, from] = [Number(values.seeds), Number(values.events), Number(values.from)];
const HISTORIES = 3;
const print = (line) => process.stdout.write(`${line}\n`);

process.env.KILL_SPEED ??= '3'; // Long histories keep a machine busy: a function would never come to its end.
// In a process of their own, as for the tests: in this one they would starve the senders and the CRMs.
await startEmulators();
const { closeClients, runHistories } = await import('../kill/run-histories.ts'); // Reads the environment.
const bundle = bundleWorker();
const total = { events: 0, kills: 0, effects: 0, violations: 0 };
const began = Date.now();
for (let seed = from; seed < from + seeds; seed++) {
  const { violations, events, kills, effects } = await runHistories({
    seed: seed * HISTORIES * 1_000, // Histories of one seed count on from it.
    histories: HISTORIES,
    length,
    workers: 3,
    killingMs: 20_000,
    patienceMs: 600_000,
    program: bundle.program,
  });
  print(`seed ${seed}: ${events} events, ${kills} kills, ${effects} merges, ${violations.length} violations`);
  for (const violation of violations) print(`  ${violation}`);
  total.events += events;
  total.kills += kills;
  total.effects += effects;
  total.violations += violations.length;
}
const seconds = Math.round((Date.now() - began) / 1000);
print(
  `${seeds} seeds, ${total.events} events, ${total.kills} kills, ${total.effects} merges, ${total.violations} violations; ${seconds} s`,
);
bundle.remove();
closeClients();
await stopEmulators();
process.exit(total.violations === 0 ? 0 : 1);
