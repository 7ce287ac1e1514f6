/**
 * Which packages are in what this repository ships (the functions and the command), and under which licences.
 *
 *   node infra/licences.mjs               a table
 *   node infra/licences.mjs --sbom        a software bill of materials: CycloneDX 1.6, JSON
 *   node infra/licences.mjs --texts FILE  the licence texts of the packages in the command, as they have to go with it
 *
 * It reads what esbuild put into the bundles, so what only tests and tools need is not in it.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle, functionNames } from './build.mjs';
import { bundleCommand } from './command/build.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = 'merge-sync';

/**
 * @returns {Promise<{name: string, version: string, licence: string, folder: string, shippedIn: string[]}[]>} in the
 * order of names; `shippedIn` are functions, or `merge-sync` for the command.
 */
export async function shippedPackages() {
  const found = new Map();
  for (const [artefact, { outputs }] of await metafiles()) {
    const folders = new Set(Object.values(outputs).flatMap((output) => filesIn(output).flatMap(packageFolder)));
    for (const folder of folders) found.set(folder, [...(found.get(folder) ?? []), artefact]);
  }
  const packages = [...found].map(([folder, shippedIn]) => ({ ...describe(folder), folder, shippedIn }));
  return packages.sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

async function metafiles() {
  const outdir = mkdtempSync(path.join(tmpdir(), 'merge-sync-licences-'));
  try {
    const made = [[COMMAND, (await bundleCommand()).metafile]];
    for (const name of functionNames())
      made.push([name, await bundle(path.join(ROOT, 'functions', name, 'index.ts'), path.join(outdir, name))]);
    return made;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const filesIn = ({ inputs }) => Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0);

/** `node_modules/@scope/name/dist/x.js` → its package's folder; none for a file of our own. */
function packageFolder(file) {
  const inPackages = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return inPackages ? [inPackages[1]] : [];
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'));
  return { name, version, licence: license ?? 'not stated' };
}

function table(packages) {
  const width = Math.max(...packages.map(({ name, version }) => name.length + version.length + 1));
  const lines = packages.map(({ name, version, licence, shippedIn }) =>
    [`${name}@${version}`.padEnd(width), licence.padEnd(12), shippedIn.join(', ')].join('  '),
  );
  const licences = [...new Set(packages.map(({ licence }) => licence))].sort();
  const counts = licences.map((one) => `${one} ${packages.filter(({ licence }) => licence === one).length}`);
  return [...lines, '', `${packages.length} packages: ${counts.join(', ')}`].join('\n');
}

/** https://cyclonedx.org/docs/1.6/json/ ; the same commit gives the same text. */
function billOfMaterials(packages) {
  const own = describe('.');
  const components = packages.map(({ name, version, licence, shippedIn }) => ({
    type: 'library',
    'bom-ref': purl(name, version),
    name,
    version,
    purl: purl(name, version),
    licenses: [{ license: { id: licence } }],
    properties: shippedIn.map((artefact) => ({ name: 'shipped-in', value: artefact })),
  }));
  const component = {
    type: 'application',
    'bom-ref': purl(own.name, own.version),
    name: own.name,
    version: own.version,
  };
  return { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component }, components };
}

// https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md
const purl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** Each text once, under the packages that it is of. */
function licenceTexts(packages) {
  const byText = new Map();
  for (const { name, version, licence, folder } of packages.filter(({ shippedIn }) => shippedIn.includes(COMMAND))) {
    const text = textsIn(folder);
    byText.set(text, [...(byText.get(text) ?? []), `${name}@${version} (${licence})`]);
  }
  const parts = [...byText].map(([text, names]) => [...names, '', text].join('\n'));
  return parts.join(`\n\n${'-'.repeat(72)}\n\n`);
}

function textsIn(folder) {
  const files = readdirSync(path.join(ROOT, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  if (files.length === 0) return 'The package has no file with its licence.';
  return files.map((file) => readFileSync(path.join(ROOT, folder, file), 'utf8').trim()).join('\n\n');
}

async function main() {
  const { values } = parseArgs({ options: { sbom: { type: 'boolean' }, texts: { type: 'string' } } });
  const packages = await shippedPackages();
  if (values.texts !== undefined) {
    mkdirSync(path.dirname(path.resolve(values.texts)), { recursive: true });
    writeFileSync(values.texts, `${licenceTexts(packages)}\n`);
  } else console.log(values.sbom ? JSON.stringify(billOfMaterials(packages), null, 2) : table(packages));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
