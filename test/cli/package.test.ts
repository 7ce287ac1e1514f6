import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { version } from '../../package.json';
import { linkPackages, makeOutsideProject, runNode } from '../kit/outside-project.ts';

jest.setTimeout(600_000); // npm and its children, on machines that may be busy.

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync package '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without the variables that an npm around these tests has set for its own children. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
const npm = (args: string[], cwd: string) => run('npm', args, { cwd, env, shell: process.platform === 'win32' });

let packed: { filename: string; files: { path: string }[]; size: number };
const tarball = () => path.join(folder, packed.filename);
beforeAll(async () => {
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], ROOT);
  [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))); // `prepare` may have said something before.
});

describe('the package that npm pack makes', () => {
  const empty = path.join(folder, 'empty');

  beforeAll(async () => {
    mkdirSync(empty);
    await npm(['install', '--offline', '--no-audit', '--no-fund', tarball()], empty);
  });

  it('is the command, bundled into one file, the licences of what is in it, and the pages about it: no source, no test, no key', () => {
    const code = packed.files
      .map((file) => file.path)
      .filter((file) => !/^([A-Z]+(\.zh-CN)?\.md|LICENSE|package\.json|docs\/.+\.(md|png))$/.test(file))
      .filter((file) => !/^dist\/kit\/((parts\/)?\w+\.js|\w+\.cjs|types\/[\w/-]+\.d\.ts)$/.test(file));
    expect(code.sort()).toEqual([
      'dist/cli/merge-sync.bundle',
      'dist/cli/third-party-licences.txt',
      'lib/cli/bin.mjs',
      'lib/cli/load-bundle.mjs',
      'lib/crm/load-adapters.mjs',
    ]);
    expect(packed.size).toBeLessThan(1_900_000);
  });

  it('links of its README lead to pages that are in it, or to sources, which are in the repository', () => {
    const links = ['README.md', 'README.zh-CN.md'].flatMap((page) =>
      [
        ...readFileSync(path.join(ROOT, page), 'utf8').matchAll(
          /\]\((?!https?:|#)([^)#]+)[^)]*\)|(?:src|srcset)="([^"]+)"/g,
        ),
      ].map(([, link, image]) => link ?? image ?? ''),
    );
    const names = packed.files.map((file) => file.path);
    expect(links.length).toBeGreaterThan(60);
    expect(links.filter((link) => !names.includes(link) && !/^(test|lib|infra|functions)\//.test(link))).toEqual([]);
  });

  it('runs nothing when it is installed: npm has no scripts to warn of', () => {
    const { scripts } = JSON.parse(
      readFileSync(path.join(empty, 'node_modules', 'dustess-merge-sync', 'package.json'), 'utf8'),
    );
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts).not.toHaveProperty(name);
  });

  it('works in an empty folder, without network and without any other package', async () => {
    const npx = (...args: string[]) => npm(['exec', '--offline', '--', 'merge-sync', ...args], empty);
    expect((await npx('--version')).stdout).toBe(`${version}\n`);
    expect(Object.keys(JSON.parse((await npx('keygen', '--json')).stdout))).toEqual(['token', 'encodingAesKey']);
    const { packages } = JSON.parse(readFileSync(path.join(empty, 'package-lock.json'), 'utf8'));
    expect(Object.keys(packages)).toEqual(['', 'node_modules/dustess-merge-sync']);
  });

  it('loads what asks AWS, and reads spreadsheets', async () => {
    const bin = path.join(empty, 'node_modules', 'dustess-merge-sync', 'lib', 'cli', 'bin.mjs');
    const noAws = { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };
    const events = run(process.execPath, [bin, 'events', '--prefix', 'x'], { cwd: empty, env: noAws });
    await expect(events).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('no AWS region is set') });
    writeFileSync(path.join(empty, 'contacts.xlsx'), 'no spreadsheet');
    writeFileSync(
      path.join(empty, 'crm.json'),
      '{"crm":{"kind":"hubspot","token":"x","baseUrl":"http://127.0.0.1:1"}}',
    );
    const link = run(process.execPath, [bin, 'link', 'contacts.xlsx', '--crm', 'crm.json'], { cwd: empty, env: noAws });
    await expect(link).rejects.toMatchObject({ code: 2, stderr: expect.not.stringContaining('please report it') });
  });
});

describe('a project outside this repository, with a CRM of its own', () => {
  const project = path.join(folder, 'own project');
  const bin = (...args: string[]) => ['node_modules/dustess-merge-sync/lib/cli/bin.mjs', ...args];
  const keys = {
    DUSTESS_TOKEN: 'token-of-this-test',
    DUSTESS_ENCODING_AES_KEY: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
    DUSTESS_RECEIVE_ID: 'receiver-of-this-test',
  };
  const running: ChildProcess[] = [];
  let crm: Record<string, string>;

  /** The first line of a program's output that has this in it. */
  async function say(args: string[], pattern: RegExp, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const child = spawn(process.execPath, args, {
      cwd: project,
      env: { PATH: process.env.PATH, HOME: folder, ...env },
    });
    running.push(child);
    const told: string[] = [];
    child.stderr.on('data', (text) => told.push(String(text)));
    for await (const line of createInterface({ input: child.stdout })) {
      told.push(line);
      const found = pattern.exec(line);
      if (found) {
        child.stdout.resume();
        return found[1] ?? found[0];
      }
    }
    throw new Error(`it ended without ${pattern}: ${told.join('\n')}`);
  }

  beforeAll(async () => {
    await makeOutsideProject(project);
    await npm(['install', '--offline', '--no-audit', '--no-fund', tarball()], project);
    linkPackages(project, ['jest', 'classic-level', 'dynalite', 'fauxqs']);
    const url = await say(['server.js'], /^http:.*/);
    crm = { CRM_SETTINGS: JSON.stringify({ baseUrl: url, token: 'secret' }), MAPPING: '{"remark":"nickname"}', url };
  });
  afterAll(() => {
    for (const child of running) child.kill();
  });

  it('passes the contract suite with its own jest', async () => {
    const { stderr } = await runNode(project, ['node_modules/jest/bin/jest.js', '--config', 'jest.config.json', '-i']);
    expect(Number(/Tests: +(\d+) passed, \1 total/.exec(stderr)?.[1])).toBeGreaterThan(100);
  });

  it('has types for what it imports', async () => {
    const program = `
import { adapter, CrmError, text, v, type RecordCrm } from 'dustess-merge-sync/adapter';
import { recordCrmContract, simulate } from 'dustess-merge-sync/adapter/testing';
import { createApply } from 'dustess-merge-sync/service';
const one = adapter({ settings: v.strictObject({ kind: v.literal('own'), token: text }), reserved: () => ({ ids: [], ofTheCrm: [] }),
  async open({ token }) { const said: string = token; throw new CrmError('auth', said); }, async examine() { return []; } });
export const handler = createApply({ adapters: [one] });
// @ts-expect-error A world has more than this.
recordCrmContract('own', async () => ({ crm: {} as RecordCrm }));
export const broken: Promise<string[]> = simulate(() => { throw new Error(); }, { seeds: 1 });`;
    writeFileSync(path.join(project, 'typed.mts'), program);
    const types = ['--types', 'node', '--typeRoots', path.join(ROOT, 'node_modules', '@types')];
    const how = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', ...types];
    await runNode(project, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...how, 'typed.mts']);
  });

  it('runs it in the simulation', async () => {
    expect((await runNode(project, ['simulate.js'])).stdout).toBe('[]\n');
  });

  it('has it examined by the doctor', async () => {
    const { url } = crm;
    const settings = { crm: { kind: 'acme', baseUrl: url, token: 'secret' }, mapping: { remark: 'nickname' } };
    writeFileSync(path.join(project, 'crm.json'), JSON.stringify(settings));
    const doctor = (...more: string[]) => runNode(project, bin('doctor', '--crm', 'crm.json', '--json', ...more));
    const { stdout } = await doctor('--adapter', './example-adapter.js');
    expect(JSON.parse(stdout).every(({ ok }: { ok: boolean }) => ok)).toBe(true);
    await expect(doctor()).rejects.toMatchObject({ stdout: expect.stringContaining('kind') });
    const none = doctor('--adapter', './server.js');
    await expect(none).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('exports no adapter') });
  });

  it('runs it in the embedded stack: a merge that is delivered there is made in the CRM', async () => {
    const env = { ...keys, ...crm, PORT: '0', LANG: 'C' };
    const started = bin('start', '--adapter', './example-adapter.js');
    const url = await say(started, /(http:\S+)\/callback\/local/, env);
    const sent = bin('send', '--url', `${url}/callback/local`, '--main', 'ada', '--merge', 'bob', '--id', 'e1');
    await runNode(project, sent, keys);
    const state = async () =>
      ((await (await fetch(`${url}/_local/events/local/e1`)).json()) as { state?: string }).state;
    while ((await state()) !== 'applied') await sleep(100);
    const people = await (await fetch(`${crm.url}/people`)).json();
    expect(people).toMatchObject([{ externalId: 'ada', fields: { nickname: 'Ada', note: 'only bob has it' } }]);
  });

  it('is told which packages the embedded stack needs beside this one', async () => {
    rmSync(path.join(project, 'node_modules', 'fauxqs'));
    const started = runNode(project, bin('start', '--adapter', './example-adapter.js'));
    await expect(started).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('npm install --save-dev') });
  });

  it('has it packaged for Lambda from a checkout, with one copy of what both import', async () => {
    const build = [path.join(ROOT, 'infra', 'build.mjs'), '--outdir', 'lambda', '--adapter', './example-adapter.js'];
    await runNode(project, build);
    const program = `
const { handler } = await import('./lambda/apply/index.mjs');
console.log(typeof handler);`;
    const needed = ['TENANTS', 'EVENTS_TABLE', 'LEDGER_TABLE', 'QUEUE_URL', 'OUTCOMES_QUEUE_URL', 'SETTINGS_PREFIX'];
    const env = { AWS_REGION: 'us-east-1', ...Object.fromEntries(needed.map((name) => [name, 'main'])) };
    const { stdout } = await runNode(project, ['--input-type=module', '--eval', program], env);
    expect(stdout).toBe('function\n');
    const code = readdirSync(path.join(project, 'lambda', 'apply')).map((file) =>
      readFileSync(path.join(project, 'lambda', 'apply', file), 'utf8'),
    );
    expect(code.join('').split('/v1/people/lookup').length).toBeGreaterThan(1);
    expect(code.join('').match(/name="CrmError"/g)).toHaveLength(1);
  });
});

describe('in a checkout', () => {
  const checkout = path.join(folder, 'checkout');
  const bin = (...args: string[]) => run(process.execPath, [path.join(checkout, 'lib/cli/bin.mjs'), ...args]);
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(path.join(checkout, file), change(readFileSync(path.join(checkout, file), 'utf8')));

  beforeAll(() => {
    for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'lib', 'infra'])
      cpSync(path.join(ROOT, name), path.join(checkout, name), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
  });

  it('the command is today’s code: a change is in it at the next start', async () => {
    expect((await bin('keygen', '--help')).stdout).toContain('Makes a Token');
    edit('lib/cli/commands/keygen.ts', (text) => text.replace('Makes a Token', 'Invents a Token'));
    expect((await bin('keygen', '--help')).stdout).toContain('Invents a Token');
  });

  it('an unchanged bundle is used as it is', async () => {
    await bin('--version');
    const other = '9'.repeat(version.length); // Each part's length is written in the file.
    edit('dist/cli/merge-sync.bundle', (text) => text.replace(`"${version}"`, `"${other}"`));
    expect((await bin('--version')).stdout).toBe(`${other}\n`);
  });

  it('two starts at once do not meet a half-written bundle', async () => {
    rmSync(path.join(checkout, 'dist'), { recursive: true });
    const starts = await Promise.all(['--version', '--version', '--version'].map((arg) => bin(arg)));
    expect(starts.map(({ stdout }) => stdout)).toEqual(Array(3).fill(`${version}\n`));
  });
});
