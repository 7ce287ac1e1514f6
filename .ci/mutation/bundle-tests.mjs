import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const FOLDERS = 'dustess,intake,ledger,merge,recovery';

/** One file of all tests in these folders of `test/`, each told to `globalThis.inFile` before it loads. @returns its path */
export async function bundleTests(root, folders = FOLDERS) {
  const tests = folders.split(',').flatMap((folder) =>
    readdirSync(path.join(root, 'test', folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `./test/${folder}/${file}`)
      .sort(),
  );
  // Workers share a folder: one must not read what another is writing.
  const outfile = path.join(root, `bundled-tests.${process.pid}.cjs`);
  const contents = tests.map((file) => `inFile(${JSON.stringify(file)}); require(${JSON.stringify(file)});`).join('\n');
  await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile,
    logLevel: 'error',
    plugins: [ownFolder],
  });
  return outfile;
}

/** Every file knows its own folder, as in jest. */
const ownFolder = {
  name: 'own-folder',
  setup({ onLoad, onResolve }) {
    // A mutant of an import() asks for a file without a name: it fails when it is run, not when it is bundled.
    onResolve({ filter: /^$/ }, () => ({ path: '', external: true }));
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      const folder = source.includes('__dirname') ? `const __dirname = ${JSON.stringify(path.dirname(file))};` : '';
      return { contents: folder + source, loader: 'ts' };
    });
  },
};
