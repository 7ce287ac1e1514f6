import { closeClients, runHistories } from './run-histories.ts';
import { bundleWorker } from './worker-pool.ts';

// KILL_SEED=… plays the histories, the CRMs and their troubles again; the moments of death are the machine's.
const SEED = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1e9));
const HISTORIES = 36;
const bundle = bundleWorker();

afterAll(() => {
  bundle.remove();
  closeClients();
});

it(`promises 4 to 8 hold with workers killed at random, over real sockets (KILL_SEED=${SEED})`, async () => {
  const result = await runHistories({
    seed: SEED,
    histories: HISTORIES,
    workers: 3,
    killingMs: 20_000,
    patienceMs: 900_000,
    program: bundle.program,
  });
  expect(result.violations).toEqual([]);
  expect(result.kills).toBeGreaterThan(0);
  expect(result.effects).toBeGreaterThan(HISTORIES);
}, 1_200_000);
