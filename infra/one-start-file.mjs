/**
 * Joins what a bundle reads at start-up into its one `index.mjs`.
 *
 * Where parts are loaded on demand, esbuild puts each piece of code that they share with the entry into a file of its
 * own: a dozen files to find, read and link before a function can answer, most of them below 1 KB. The entry is in
 * memory by the time a part is loaded, so the parts may as well import the shared code from the entry.
 */
import path from 'node:path';

const JOINED = 'joined';
const SHARED = 'shared';

/**
 * @param {typeof import('esbuild').build} build
 * @param {import('esbuild').BuildResult} split what esbuild made with `splitting` and `write: false`
 * @param {import('esbuild').BuildOptions} options those it was made with
 * @returns {Promise<import('esbuild').Metafile>} of the files as they are written
 */
export async function writeWithOneStartFile(build, { outputFiles, metafile }, options) {
  const texts = new Map(outputFiles.map(({ path: file, text }) => [path.basename(file), text]));
  const outputs = byName(metafile.outputs);
  const atStart = startFiles(outputs);
  const parts = [...texts.keys()].filter((name) => name.endsWith('.mjs') && !atStart.has(name));
  const { metafile: written } = await build({
    ...options,
    entryPoints: ['index.mjs', ...parts].map((name) => ({ in: name, out: path.basename(name, '.mjs') })),
    splitting: false,
    write: true,
    plugins: [joining({ texts, outputs, atStart })],
  });
  return { ...written, inputs: metafile.inputs, outputs: withSources(written.outputs, outputs, atStart) };
}

const byName = (outputs) =>
  new Map(Object.entries(outputs).map(([file, output]) => [path.basename(file), { file, ...output }]));

/** @returns {Set<string>} the entry and all that it imports statically. */
function startFiles(outputs) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name) || !outputs.has(name)) return;
    seen.add(name);
    for (const one of outputs.get(name).imports) if (one.kind === 'import-statement') visit(path.basename(one.path));
  };
  visit('index.mjs');
  return seen;
}

/** The shared code keeps its place in the entry; the parts find it there under names of its own. */
function joining({ texts, outputs, atStart }) {
  const shared = [...atStart].filter((name) => name !== 'index.mjs');
  const list = (file, pair) => outputs.get(file).exports.map((one) => pair(one, `part${shared.indexOf(file)}_${one}`));
  const forParts = (file) => `export{${list(file, (one, name) => `${one} as ${name}`)}}from"./${file}";`;
  const fromEntry = (file) => `export{${list(file, (one, name) => `${name} as ${one}`)}}from"./index.mjs";`;
  const joined = (name) =>
    name === 'index.mjs' ? [texts.get(name), ...shared.map(forParts)].join('\n') : texts.get(name);
  return {
    name: 'one-start-file',
    setup(setup) {
      setup.onResolve({ filter: /./ }, (asked) => resolved(asked, texts, atStart));
      setup.onLoad({ filter: /./, namespace: JOINED }, ({ path: name }) => ({ contents: joined(name) }));
      setup.onLoad({ filter: /./, namespace: SHARED }, ({ path: name }) => ({ contents: fromEntry(name) }));
    },
  };
}

function resolved({ path: asked, importer, kind, namespace }, texts, atStart) {
  const name = path.basename(asked);
  if (kind === 'entry-point') return { path: name, namespace: JOINED };
  if (!texts.has(name) || namespace === SHARED) return { path: asked, external: true };
  if (kind === 'dynamic-import' || !atStart.has(name)) return { path: `./${name}`, external: true };
  return { path: name, namespace: atStart.has(importer) ? JOINED : SHARED };
}

/** The written files are made of the first build's: what went into those went into these. */
function withSources(written, outputs, atStart) {
  const sourcesOf = (name) => {
    const files = name === 'index.mjs' ? [...atStart] : [name];
    return Object.assign({}, ...files.map((file) => outputs.get(file)?.inputs));
  };
  return Object.fromEntries(
    Object.entries(written).map(([file, output]) => [file, { ...output, inputs: sourcesOf(path.basename(file)) }]),
  );
}
