import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { version } from '../../package.json';

jest.setTimeout(600_000); // npm and its children, on machines that may be busy.

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync package '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without the variables that an npm around these tests has set for its own children. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
const npm = (args: string[], cwd: string) => run('npm', args, { cwd, env, shell: process.platform === 'win32' });

describe('the package that npm pack makes', () => {
  const empty = path.join(folder, 'empty');
  let packed: { filename: string; files: { path: string }[]; size: number };

  beforeAll(async () => {
    mkdirSync(empty);
    const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], ROOT);
    [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))); // `prepare` may have said something before.
    await npm(['install', '--offline', '--no-audit', '--no-fund', path.join(folder, packed.filename)], empty);
  });

  it('is the command, bundled into one file, the licences of what is in it, and the pages about it: no source, no test, no key', () => {
    const code = packed.files
      .map((file) => file.path)
      .filter((file) => !/^([A-Z]+(\.zh-CN)?\.md|LICENSE|package\.json|docs\/.+\.(md|png))$/.test(file));
    expect(code.sort()).toEqual([
      'dist/cli/merge-sync.bundle',
      'dist/cli/third-party-licences.txt',
      'lib/cli/bin.mjs',
      'lib/cli/load-bundle.mjs',
    ]);
    expect(packed.size).toBeLessThan(1_200_000);
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
