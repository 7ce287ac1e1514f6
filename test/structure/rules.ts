import path from 'node:path';
import { readSource, type SourceFacts } from './source-facts.ts';

/** Path (as git names it) → source text. */
export type Sources = Record<string, string>;
export type Facts = Map<string, SourceFacts>;

export function factsOf(sources: Sources): Facts {
  return new Map(Object.entries(sources).map(([file, code]) => [file, readSource(code, file.endsWith('.tsx'))]));
}

/**
 * The layers, from the ground up. A file imports from its own layer and from lower ranks, never upward or sideways;
 * a new folder gets its rank here.
 */
export const RANKS: Record<string, number> = {
  'lib/*.ts': 0,
  'lib/dustess': 1,
  'lib/ledger': 2,
  'lib/intake': 3,
  'lib/merge': 3,
  'lib/linking': 3,
  'lib/recovery': 3,
  'lib/notify': 3,
  'lib/mapping': 4,
  'lib/undo': 4,
  'lib/forget': 4,
  'lib/aws': 5,
  'lib/crm': 5,
  functions: 6,
  infra: 6,
  'lib/console': 6,
  'lib/local': 7,
  'lib/cli': 8,
  'lib/kit': 8,
};
/** Run whatever program they are told to run, or the bundle that was just made. */
const LOADERS = ['infra/run.mjs', 'lib/cli/bin.mjs', 'lib/crm/load-adapters.mjs'];
const REGISTRY = 'lib/crm/registry.ts';
const SDK_FOLDERS = ['lib/aws', 'lib/local', 'lib/cli', 'infra'];
/** What only draws pages: it would lengthen the start of every function. */
const PAGE_PACKAGES = /^(hono|@hono|d3-\w+)(\/|$)/;
const PAGE_FOLDERS = ['lib/console', 'test'];
const AMBIENT_FOLDERS = ['lib/local', 'lib/cli', 'lib/kit'];
const isInside = (file: string, folder: string) => file.startsWith(`${folder}/`);
const isCompositionRoot = (file: string) => /^functions\/[^/]+\/(index|compose)\.ts$/.test(file);

/** The import rule of docs/architecture.md. @returns one line a violation, `file → what it imports`. */
export function importViolations(facts: Facts): string[] {
  const vendors = vendorsOf(facts);
  return [...facts].flatMap(([file, { imports }]) =>
    imports.flatMap((specifier) => {
      const problem = forbiddenImport(file, specifier, vendors);
      return problem ? [`${file} → ${specifier}: ${problem}`] : [];
    }),
  );
}

function forbiddenImport(file: string, specifier: string, vendors: string[]): string | undefined {
  if (specifier === '(computed)') return LOADERS.includes(file) ? undefined : 'what it imports cannot be read';
  if (!specifier.startsWith('.')) return forbiddenPackage(file, specifier);
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (target === 'package.json' || (isInside(target, 'dist') && LOADERS.includes(file))) return undefined;
  if (isInside(target, 'test')) return isInside(file, 'test') ? undefined : 'nothing imports test/';
  if (isInside(file, 'test')) return undefined;
  if (!mayImport(layerOf(file), layerOf(target))) return 'the import rule';
  if (isInside(file, 'functions') && isInside(target, 'functions') && path.dirname(file) !== path.dirname(target))
    return 'functions never import each other';
  return forbiddenAdapter(file, target, vendors);
}

function forbiddenPackage(file: string, specifier: string): string | undefined {
  if (PAGE_PACKAGES.test(specifier) && !PAGE_FOLDERS.some((folder) => isInside(file, folder)))
    return 'packages of the pages only in lib/console';
  const isSdk = /^@(aws-sdk|smithy)\//.test(specifier);
  const maySdk = isCompositionRoot(file) || [...SDK_FOLDERS, 'test'].some((folder) => isInside(file, folder));
  return isSdk && !maySdk ? 'SDK clients only where AWS is met' : undefined;
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  return (RANKS[to] ?? Number.POSITIVE_INFINITY) < (RANKS[from] ?? 0);
}

/** A folder of lib/ that this rule does not know is no layer: see `unknownLayers`. */
function layerOf(file: string): string {
  const [top = '', folder = ''] = file.split('/');
  if (top !== 'lib') return top;
  return /\.(ts|mjs)$/.test(folder) ? 'lib/*.ts' : `lib/${folder}`;
}

export function unknownLayers(facts: Facts): string[] {
  const layers = new Set([...facts.keys()].map(layerOf));
  return [...layers].filter((layer) => layer !== 'test' && !(layer in RANKS));
}

/** The folders of lib/crm, and the first word of each file there that makes a CRM: `createSomethingCrm`. */
function vendorsOf(facts: Facts): string[] {
  const files = [...facts].filter(([file]) => isInside(file, 'lib/crm') && file !== REGISTRY);
  return files
    .map(([file, { exported }]) => ({ parts: file.split('/').slice(2), exported }))
    .filter(({ parts, exported }) => parts.length > 1 || exported.some((name) => /^create\w+Crm$/.test(name)))
    .map(({ parts }) => firstWord(parts[0] ?? ''));
}

const firstWord = (name: string) => name.split(/[-./]/)[0] ?? '';

function forbiddenAdapter(file: string, target: string, vendors: string[]): string | undefined {
  if (!isInside(file, 'lib/crm') || !isInside(target, 'lib/crm') || file === REGISTRY) return undefined;
  const [own, other] = [file, target].map((one) => firstWord(one.slice('lib/crm/'.length)));
  return other !== own && vendors.includes(other ?? '') ? 'adapters never import each other' : undefined;
}

/** Time, randomness, environment and network come in as arguments, except where a program is put together. */
export function ambientViolations(facts: Facts): string[] {
  return [...facts]
    .filter(([file]) => isInside(file, 'lib') || isInside(file, 'functions'))
    .filter(([file]) => !isCompositionRoot(file) && !AMBIENT_FOLDERS.some((folder) => isInside(file, folder)))
    .flatMap(([file, { ambient, imports }]) => [
      ...ambient.map((what) => `${file}: ${what}`),
      ...imports.filter((one) => one === 'node:process').map((one) => `${file}: ${one}`),
    ]);
}

/** @returns each circle of imports among the shipped files once, as `a → b → a`. */
export function circularImports(facts: Facts): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, way: string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (way.includes(file) || finished.has(file)) return;
    for (const target of localImports(facts, file)) visit(target, [...way, file]);
    finished.add(file);
  };
  for (const file of facts.keys()) visit(file, []);
  return found;
}

function localImports(facts: Facts, file: string): string[] {
  const specifiers = facts.get(file)?.imports ?? [];
  const targets = specifiers.filter((one) => one.startsWith('.'));
  return targets.map((one) => path.posix.join(path.posix.dirname(file), one)).filter((target) => facts.has(target));
}

/** What `exports` of package.json shows of this package. */
const PACKAGE_ENTRIES = ['lib/kit/adapter.ts', 'lib/kit/service.ts', 'test/kit/testing.ts'];

export function barrels(facts: Facts): string[] {
  return [...facts]
    .filter(([file, { reexports }]) => reexports && !PACKAGE_ENTRIES.includes(file))
    .map(([file]) => file);
}

export function vagueNames(facts: Facts): string[] {
  return [...facts.keys()].filter((file) => /(^|[/.-])(utils?|helpers?|common|misc)([/.-]|$)/i.test(file));
}

const LONGEST_FILE = 150;
const LONGEST_FUNCTION = 40;

/**
 * @param allowed file → lines of code it may have instead of 150.
 * @returns files and functions (without the functions inside them) that are too long, and allowances without a use.
 */
export function tooLong(facts: Facts, allowed: Record<string, number> = {}): string[] {
  const files = [...facts].flatMap(([file, { codeLines, functions }]) => [
    ...(codeLines > (allowed[file] ?? LONGEST_FILE) ? [`${file}: ${codeLines} lines of code`] : []),
    ...functions
      .filter(({ ownLines }) => ownLines > LONGEST_FUNCTION)
      .map(({ name, line, ownLines }) => `${file}: ${name} in line ${line}, ${ownLines} lines of code`),
  ]);
  const unused = Object.keys(allowed).filter((file) => (facts.get(file)?.codeLines ?? 0) <= LONGEST_FILE);
  return [...files, ...unused.map((file) => `${file}: needs no allowance`)];
}
