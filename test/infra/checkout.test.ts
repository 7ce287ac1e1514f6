import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(300_000); // Child processes, on machines that may be busy.

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-checkout [x] '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const copy = (...names: string[]) => {
  for (const name of names) cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
};
const linkPackages = () => symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));

interface Failed {
  code: number;
  stderr: string;
}

async function failureOf(program: string, ...args: string[]): Promise<Failed> {
  try {
    await run(process.execPath, [program, ...args], { cwd: folder });
  } catch (error) {
    const { code, stderr } = error as Failed;
    return { code, stderr };
  }
  throw new Error(`${program} succeeded`);
}

it('a clone with git set to write CRLF has the committed line ends', async () => {
  copy('.gitattributes');
  writeFileSync(path.join(folder, 'a.ts'), 'a();\n');
  const git = (...args: string[]) => run('git', ['-c', 'core.autocrlf=true', ...args], { cwd: folder });
  await git('init', '--quiet');
  await git('add', '.');
  rmSync(path.join(folder, 'a.ts'));
  await git('checkout-index', '--all');
  expect(readFileSync(path.join(folder, 'a.ts'), 'utf8')).toBe('a();\n');
});

it('jest finds the tests in a folder whose name has brackets', async () => {
  copy('jest.config.cjs', 'test/emulators/start.mjs', 'test/emulators/stop.mjs');
  linkPackages();
  writeFileSync(path.join(folder, 'test', 'one.test.ts'), 'it("runs", () => {});\n');
  const jest = path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const { stdout } = await run(process.execPath, [jest, '--listTests'], { cwd: folder });
  expect(stdout.trim()).toBe(path.join(folder, 'test', 'one.test.ts'));
});

it('the build reached through a link builds', async () => {
  const link = path.join(folder, 'link');
  symlinkSync(ROOT, link);
  const { stdout } = await run(process.execPath, [
    path.join(link, 'infra', 'build.mjs'),
    '--outdir',
    path.join(folder, 'dist'),
  ]);
  expect(stdout).toMatch(/^receive: \d+ KiB/m);
  expect(existsSync(path.join(folder, 'dist', 'receive', 'index.mjs'))).toBe(true);
});

describe('after npm ci --omit=dev', () => {
  const MISSING = /(tsx|esbuild) is missing.*npm ci.*without --omit=dev/s;

  beforeEach(() => copy('package.json', 'lib', 'infra', 'functions'));

  it.each([
    ['merge-sync', 'lib/cli/bin.mjs', 'keygen'],
    ['npm start', 'infra/run.mjs', 'lib/local/start.ts'],
  ])('%s says what is missing and what to run', async (_name, program, ...args) => {
    const { code, stderr } = await failureOf(program, ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(MISSING);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('npm run build says what is missing and what to run', async () => {
    mkdirSync(path.join(folder, 'node_modules'));
    const { code, stderr } = await failureOf('infra/build.mjs');
    expect(code).toBe(2);
    expect(stderr).toMatch(/esbuild is missing.*npm ci.*without --omit=dev/s);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
