import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { applyProfile } from '../../lib/cli/profiles.ts';
import { addServiceOptions } from '../../lib/cli/service-options.ts';
import { run } from './console.ts';

const home = mkdtempSync(path.join(tmpdir(), 'merge-sync-home-'));
afterAll(() => rmSync(home, { recursive: true }));
const file = path.join(home, '.config', 'merge-sync', 'config.json');

/** The command with a home folder of its own. */
async function merge(...args: string[]) {
  let files = {};
  try {
    files = { [file]: readFileSync(file, 'utf8') };
  } catch {} // There is none yet.
  return run(args, { env: { HOME: home, USER: 'ada' }, files });
}

interface Applied {
  prefix?: string;
  tenant?: string;
  env: Record<string, string | undefined>;
}

/** What a command that works on a deployment is left with. */
async function applied(args: string[], env: Record<string, string> = {}): Promise<Applied> {
  const command = addServiceOptions(new Command('events'))
    .option('--crm <file>')
    .action(() => {});
  command.parse(args, { from: 'user' });
  const all: Record<string, string | undefined> = { HOME: home, ...env };
  await applyProfile(command, { env: all, readFile: (name) => readFile(name, 'utf8') });
  const { HOME: _home, ...rest } = all;
  return { ...command.opts(), env: rest };
}

describe('profiles', () => {
  it('are saved, changed, chosen and listed; the first one is the current one', async () => {
    expect(await merge('profile')).toMatchObject({ code: 0, out: '' });
    expect(await merge('profile', 'prod', '--prefix', 'ms-prod', '--region', 'cn-north-1')).toMatchObject({ code: 0 });
    await merge('profile', 'test', '--prefix', 'ms-test', '--aws-profile', 'corp', '--tenant', 'outlet');
    await merge('profile', 'prod', '--tenant', 'main');
    expect((await merge('profile')).out).toBe(
      '* prod  ms-prod  cn-north-1  --tenant main\n  test  ms-test  AWS_PROFILE=corp  --tenant outlet',
    );
    expect((await merge('profile', 'test')).out).toContain('ms-test');
    expect(JSON.parse((await merge('profile', '--json')).out)).toMatchObject({ current: 'prod' });
  });

  it('are in a file that only its owner may read', () => {
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('fill in what a command was not told; options come first', async () => {
    expect(await applied([])).toEqual({ prefix: 'ms-prod', tenant: 'main', env: { AWS_REGION: 'cn-north-1' } });
    expect(await applied(['--tenant', 'x'])).toMatchObject({ prefix: 'ms-prod', tenant: 'x' });
    expect(await applied(['--profile', 'test', '--prefix', 'p'])).toMatchObject({
      prefix: 'p',
      env: { AWS_PROFILE: 'corp' },
    });
    expect(await applied([], { MERGE_SYNC_PROFILE: 'test' })).toMatchObject({ prefix: 'ms-test', tenant: 'outlet' });
  });

  it('a named one comes before the environment, the current one after it', async () => {
    const env = { MERGE_SYNC_PREFIX: 'from-env', AWS_REGION: 'eu-west-1' };
    expect(await applied([], env)).toEqual({ env });
    expect(await applied(['--profile', 'prod'], env)).toMatchObject({
      prefix: 'ms-prod',
      env: { AWS_REGION: 'cn-north-1' },
    });
  });

  it.each([[['--local']], [['--prefix', 'p']], [['--crm', 'crm.json']]])(
    'the current one stays out of %j: that says where by itself',
    async (args) => {
      expect((await applied(args)).env).toEqual({});
      expect((await applied(args)).tenant).toBeUndefined();
    },
  );

  it('one that is not there is a usage error that names those that are', async () => {
    const { code, err } = await merge('events', '--profile', 'prd');
    expect([code, err]).toEqual([2, 'merge-sync: there is no profile prd; there are: prod, test']);
    expect((await merge('profile', '__proto__', '--use')).code).toBe(2);
  });

  it.each([
    [['profile', 'new', '--region', 'x'], 'a new profile needs --prefix'],
    [['profile', '--use'], 'name the profile'],
    [['profile', 'none', '--remove'], 'there is no profile none'],
  ])('%j is a usage error, and changes nothing', async (args, problem) => {
    const before = readFileSync(file, 'utf8');
    const { code, err } = await merge(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(problem)]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('a file that holds anything else, a secret say, is refused without showing it', async () => {
    const files = { [file]: '{"profiles":{"prod":{"prefix":"p","token":"s3cret"}}}' };
    const { code, err } = await run(['events'], { env: { HOME: home }, files });
    expect([code, err]).toEqual([2, expect.stringContaining('unknown key profiles.prod.token')]);
    expect(err).not.toContain('s3cret');
  });

  it('are removed, also the current one', async () => {
    await merge('profile', 'test', '--use');
    await merge('profile', 'test', '--remove');
    expect((await merge('profile')).out).toBe('  prod  ms-prod  cn-north-1  --tenant main');
    expect(await applied([])).toEqual({ env: {} });
  });
});

it('a file of profiles in another encoding is told for what it is', async () => {
  const other = path.join(home, 'gbk.json');
  writeFileSync(other, Buffer.from([0x7b, 0x22, 0xc1, 0xaa, 0x22, 0x7d]));
  const { status, stderr } = spawnSync(process.execPath, ['lib/cli/bin.mjs', 'profile'], {
    env: { PATH: process.env.PATH, MERGE_SYNC_CONFIG: other },
    encoding: 'utf8',
  });
  expect(stderr).toBe(`merge-sync: ${other} is neither UTF-8 nor UTF-16: save it again as UTF-8\n`);
  expect(status).toBe(2);
}, 120_000);

it('a home below which no folder can be made is told at once, and not tried for ever', async () => {
  if (process.platform !== 'linux') return; // Only there is /proc.
  const { code, err } = await run(['profile', 'p', '--prefix', 'merge-sync-prod'], { env: { HOME: '/proc' } });
  expect(code).toBe(2);
  expect(err).toContain('/proc/.config/merge-sync/config.json cannot be written (ENOENT)');
});
