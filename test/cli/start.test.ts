import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(600_000); // esbuild in a process of its own, on machines that may be busy.

interface Output {
  bytes: number;
  entryPoint?: string;
  inputs: Record<string, unknown>;
  imports: { path: string; kind: string; external?: boolean }[];
}

const ROOT = path.join(__dirname, '..', '..');
const PROGRAM = `import { bundleCommand } from './infra/command/build.mjs';
process.stdout.write(JSON.stringify((await bundleCommand()).metafile.outputs));`;

let outputs: Record<string, Output>;
beforeAll(async () => {
  const args = ['--input-type=module', '--eval', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 1e8 });
  outputs = JSON.parse(stdout);
});

/** The parts that are compiled as soon as one of these sources is imported: what they import on demand is not. */
function partsOf(...sources: string[]): Output[] {
  const found = new Set<string>();
  const add = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    for (const { path: imported, kind, external } of outputs[name]?.imports ?? [])
      if (kind === 'import-statement' && !external) add(imported);
  };
  for (const [name, { entryPoint = '' }] of Object.entries(outputs)) if (sources.includes(entryPoint)) add(name);
  return [...found].flatMap((name) => outputs[name] ?? []);
}

const bytesOf = (parts: Output[]) => parts.reduce((sum, { bytes }) => sum + bytes, 0);
const packagesIn = (parts: Output[]) => [
  ...new Set(
    parts.flatMap(({ inputs }) =>
      Object.keys(inputs).flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
    ),
  ),
];
const MAIN = 'lib/cli/run-in-process.ts';
const command = (name: string) => partsOf(MAIN, `lib/cli/commands/${name}.ts`);

describe('what is compiled before a command says its first word', () => {
  it('for --version: the command itself and commander, a fraction of the file', () => {
    expect(packagesIn(partsOf(MAIN)).sort()).toEqual(['commander', 'valibot']);
    expect(bytesOf(partsOf(MAIN))).toBeLessThan(206_000);
  });

  it.each(['keygen', 'events', 'show', 'who', 'operate', 'status', 'tail', 'console', 'profile', 'completion'])(
    'for %s --help: no client of AWS, no page, no reader of files',
    (name) => {
      const packages = packagesIn(command(name));
      expect(packages.filter((one) => !['commander', 'valibot'].includes(one))).toEqual([]);
      expect(bytesOf(command(name))).toBeLessThan(300_000); // 85 KB of it are the Chinese sentences, those for two more CRMs and for undone merges among them.
    },
  );
});
