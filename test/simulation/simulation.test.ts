import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { MergeCommand } from '../../lib/ports.ts';
import { anyModelCrm } from './model-crms.ts';
import { runSeed } from './run-seed.ts';
import type { CrmMaker } from './simulated-crm.ts';
import { hubspotCrm, salesforceCrm } from './vendor-crms.ts';

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

async function failuresOf(seeds: number[], makeCrm: CrmMaker): Promise<string[]> {
  const failures: string[] = [];
  for (const seed of seeds) {
    const { violations } = await runSeed(seed, { makeCrm });
    if (violations.length > 0) failures.push(`npm run simulate -- --seed ${seed}: ${violations.join('; ')}`);
  }
  return failures;
}

describe('the simulated service', () => {
  it.each<[string, CrmMaker, number]>([
    ['any CRM that its documentation describes', anyModelCrm, 150],
    ['HubSpot’s look-alike', hubspotCrm, 40],
    ['Salesforce’s look-alike', salesforceCrm, 40],
  ])('promises 4 to 8 hold against %s, whatever the schedule', async (_name, makeCrm, count) => {
    expect(await failuresOf(range(900_000, count), makeCrm)).toEqual([]);
  });

  it('the same seed gives the same run, to the letter', async () => {
    for (const seed of [3, 17, 4711]) {
      const first = await runSeed(seed, { tracing: true });
      expect(first.trace.length).toBeGreaterThan(50);
      expect(await runSeed(seed, { tracing: true })).toEqual(first);
    }
  });

  it('another seed gives another run', async () => {
    const [one, other] = [await runSeed(1, { tracing: true }), await runSeed(2, { tracing: true })];
    expect(one.trace).not.toEqual(other.trace);
  });

  it('everything that is meant to go wrong does: crashes, failures on either side of a call, time-outs, repeats', async () => {
    const seen = (await Promise.all(range(1, 60).map((seed) => runSeed(seed, { tracing: true })))).flatMap(
      ({ trace }) => trace,
    );
    for (const trouble of [
      'CRASHES before',
      'CRASHES after',
      'FAILS before',
      'FAILS after',
      'arrives',
      'sender repeats',
    ])
      expect(seen.some((line) => line.includes(trouble))).toBe(true);
  });

  it('ids are linked by events about single contacts, and an operator is asked after others', async () => {
    const results = await Promise.all(range(1, 120).map((seed) => runSeed(seed, { tracing: true })));
    expect(results.reduce((sum, { counts }) => sum + counts.links, 0)).toBeGreaterThan(20);
    const lines = results.flatMap(({ trace }) => trace);
    for (const call of [/^ *\d+ apply#\d+ crm\.write ids/, /^ *\d+ operator#\d+ crm\.write ids/])
      expect(lines.some((line) => call.test(line))).toBe(true);
  });

  it('without faults hardly a call is made that no plan asks for: look-ups that end in doubt have none', async () => {
    const total = { made: 0, planned: 0 };
    for (const seed of range(1, 60)) {
      const { counts } = await runSeed(seed, { calm: true });
      total.made += Object.values(counts.calls).reduce((sum, calls) => sum + calls, 0);
      total.planned += counts.plannedCalls;
    }
    expect(total.made / total.planned).toBeLessThan(1.05);
  });
});

describe('a CRM that breaks its word is noticed', () => {
  /** Any command-style CRM, with something wrong about what it makes of a command. */
  const broken =
    (misread: (command: MergeCommand) => Partial<MergeCommand>): CrmMaker =>
    (random) => {
      let crm = anyModelCrm(random);
      while (!crm.name.startsWith('command')) crm = anyModelCrm(random);
      const { port } = crm;
      crm.port = (world, actor) => {
        const right = port(world, actor);
        if (right.style !== 'command') return right;
        return { ...right, send: (command, key) => right.send({ ...command, ...misread(command) }, key) };
      };
      return crm;
    };
  const STRANGERS = ['c0', 'c1', 'c2', 'c3'];

  it.each<[string, string, CrmMaker]>([
    ['writes something else', 'promise 4b', broken(() => ({ changed: { remark: 'nonsense' } }))],
    ['forgets a loser', 'promise 4a', broken(({ loserIds }) => ({ loserIds: loserIds.slice(1) }))],
    [
      'merges strangers',
      'promise 6',
      broken(({ survivorId }) => ({ loserIds: STRANGERS.filter((id) => id !== survivorId) })),
    ],
  ])('one that %s breaks %s', async (_what, promise, makeCrm) => {
    const found: string[] = [];
    for (let seed = 1; seed <= 60 && !found.some((one) => one.startsWith(promise)); seed++)
      found.push(...(await runSeed(seed, { makeCrm })).violations);
    expect(found).toContainEqual(expect.stringContaining(promise));
  });
});

describe('npm run simulate', () => {
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const program = join(__dirname, 'simulate.mjs');
      execFile(process.execPath, [program, ...args], { maxBuffer: 1e8 }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });

  it('--seed prints the schedule of one seed, the same one each time', async () => {
    const [first, second] = await Promise.all([run('--seed', '17'), run('--seed', '17')]);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('seed 17: all promises held') });
    expect(first.out.split('\n').length).toBeGreaterThan(50);
    expect(second.out).toBe(first.out);
  });

  it('--seeds runs so many and sums them up', async () => {
    const { code, out } = await run('--seeds', '20', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ seeds: 20, violations: 0 });
  });

  it('--help says what there is, and what its exit codes mean', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const said of ['--seeds', '--seed', '--mutants', 'Exit code']) expect(out).toContain(said);
  });

  it.each([
    ['--sedes', '5'],
    ['--seeds', 'many'],
    ['--seed', '-1'],
    ['--crm', 'nonsense'],
  ])('%s %s is answered with code 2 and what is wrong', async (...args) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).not.toBe('');
  });
});
