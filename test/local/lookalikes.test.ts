import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, KEYS_ENV, mergeBody, post, sealedEnvelope } from './sender.ts';
import { cleanEnv, killAll, startStack } from './stack-process.ts';

jest.setTimeout(240_000);
afterAll(killAll);

/** `npm run lookalike -- KIND`, and the variables of the line that it prints. */
async function startLookalike(kind: string) {
  const args = ['--import', 'tsx', 'test/lookalikes/run.ts', kind];
  const child = spawn(process.execPath, args, { env: cleanEnv({}), stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (chunk) => {
    told += String(chunk);
  });
  while (!/^npm start$/m.test(told)) {
    if (child.exitCode !== null) throw new Error(`the look-alike ended: ${told}`);
    await pause(50);
  }
  const line = /^export (.*)$/m.exec(told)?.[1] ?? '';
  const pairs = line.split(' ').map((pair) => pair.split(/=(.*)/).slice(0, 2));
  const variables = Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value.replaceAll("'", '')]));
  return { child, variables: variables as Record<string, string>, told: () => told };
}

describe.each([
  ['hubspot', 'HUBSPOT_BASE_URL'],
  ['salesforce', 'SALESFORCE_INSTANCE_URL'],
  ['dynamics', 'DYNAMICS_ENVIRONMENT_URL'],
])('B9, B6: npm run lookalike -- %s, and npm start with the lines it prints', (kind, urlVariable) => {
  it('merges there, tells the truth about it, sends no sample unasked, and is closed to pages', async () => {
    const lookalike = await startLookalike(kind);
    const stack = await startStack({ ...KEYS_ENV, ...lookalike.variables });
    const told = stack.stdout();
    expect(told).not.toContain('no account, no network');
    expect(told).toContain(`CRM: ${kind} at 127.0.0.1:`);
    expect(told).toContain('cannot be undone');
    expect(told).toContain('Nothing was seeded and nothing was sent.');
    expect(told).not.toMatch(/d7ed8618|send --repeat|--seed/);
    await post(`${stack.url}/callback/local`, sealedEnvelope('own', mergeBody('A', ['B'])));
    expect(await eventually(stack.url, 'own', ['applied', 'skipped', 'parked'])).toMatchObject({ state: 'applied' });
    expect(lookalike.told()).toContain('contacts now: 4');
    const page = { headers: { origin: 'https://evil.example' } };
    expect((await fetch(lookalike.variables[urlVariable] ?? '', page)).status).toBe(403);
    await stack.end();
    lookalike.child.kill();
  });

  it('gets the sample when asked; the calls it was sent are counted', async () => {
    const lookalike = await startLookalike(kind);
    const stack = await startStack({ ...KEYS_ENV, ...lookalike.variables, SAMPLE: '1' });
    await stack.end();
    lookalike.child.kill();
    const calls = Number(/calls at the CRM: (\d+)/.exec(stack.stdout())?.[1]);
    expect(stack.stdout()).toMatch(/4 {2}applied after/);
    expect(calls).toBe((lookalike.told().match(/contacts now/g) ?? []).length);
    expect(calls).toBeGreaterThan(1);
  });
});
