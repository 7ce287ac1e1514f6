import { parseSync } from '@swc/core';

/** What the structure rules need to know of a source file. Lines count from 1. */
export interface SourceFacts {
  /** Specifiers of every import: static, type-only, re-export, dynamic, in a type, `require`. */
  imports: string[];
  /** Names of its exported functions. */
  exported: string[];
  /** Exports something it only imports from elsewhere, with `export … from`. */
  reexports: boolean;
  /** Time, randomness, environment and network taken from the global scope, as `Date.now line 3`. */
  ambient: string[];
  /** Length of each function in lines of code, without the functions inside it. */
  functions: { name: string; line: number; ownLines: number }[];
  codeLines: number;
}

interface Node {
  type: string;
  span?: { start: number; end: number };
  // biome-ignore lint/suspicious/noExplicitAny: a syntax tree, walked by names.
  [key: string]: any;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'MethodProperty']);
const CLASS_FUNCTIONS = new Set(['ClassMethod', 'PrivateMethod', 'Constructor', 'GetterProperty', 'SetterProperty']);
const isFunction = ({ type }: Node) => FUNCTIONS.has(type) || CLASS_FUNCTIONS.has(type);

/** Parses TypeScript (an ES module is plain TypeScript too). @throws on a syntax error */
export function readSource(code: string, tsx = false): SourceFacts {
  // An empty statement in front: swc counts from the first token, and a file may begin with a comment (or a hashbang).
  const tree = parseSync(`;${code.replace(/^#!/, '//')}`, {
    syntax: 'typescript',
    tsx,
    target: 'es2023',
  }) as unknown as Node;
  const nodes = [...descendants(tree)];
  const lineOf = lineCounter(code, tree.body[0].span.end);
  const counted = codeLineNumbers(code);
  return {
    imports: nodes.flatMap(importedBy),
    exported: nodes.flatMap(exportedFunction),
    reexports: nodes.some(({ type, source }) => type.startsWith('Export') && Boolean(source)),
    ambient: nodes.flatMap((node) => ambientUse(node).map((what) => `${what} line ${lineOf(node.span?.start ?? 0)}`)),
    functions: functionLengths(tree, lineOf, counted),
    codeLines: counted.size,
  };
}

function* descendants(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* descendants(child);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().flatMap(asNodes);
}

// Arguments, array elements and the like are wrapped in objects without a type.
function asNodes(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && typeof value.type === 'string') return [value as Node];
  return Object.values(value).flat().flatMap(asNodes);
}

function importedBy(node: Node): string[] {
  const source = node.type === 'ImportDeclaration' || node.type.startsWith('Export') ? node.source : undefined;
  const inType = node.type === 'TsImportType' ? node.argument : undefined;
  const isCall = node.type === 'CallExpression' && (node.callee.type === 'Import' || node.callee.value === 'require');
  const called = isCall ? node.arguments[0]?.expression : undefined;
  const specifier = source ?? inType ?? called;
  if (!specifier) return [];
  return [specifier.type === 'StringLiteral' ? specifier.value : '(computed)'];
}

function exportedFunction(node: Node): string[] {
  const declared = node.type === 'ExportDeclaration' ? node.declaration : undefined;
  return declared?.type === 'FunctionDeclaration' ? [declared.identifier.value] : [];
}

// swc marks names that no declaration of the file binds: the globals.
const isGlobal = (node: Node | undefined, name: string) =>
  node?.type === 'Identifier' && node.value === name && node.ctxt === 1;

function ambientUse(node: Node): string[] {
  if (node.type === 'MemberExpression') {
    const member = node.property.value;
    if (isGlobal(node.object, 'Date') && member === 'now') return ['Date.now'];
    if (isGlobal(node.object, 'Math') && member === 'random') return ['Math.random'];
    if (isGlobal(node.object, 'performance') && member === 'now') return ['performance.now'];
    if (isGlobal(node.object, 'crypto') || isGlobal(node.object, 'globalThis'))
      return [`${node.object.value}.${member}`];
    if (isGlobal(node.object, 'process')) return [`process.${member}`];
  }
  if (node.type === 'NewExpression' && isGlobal(node.callee, 'Date') && !node.arguments?.length) return ['new Date()'];
  if (node.type === 'CallExpression' && isGlobal(node.callee, 'Date')) return ['Date()'];
  if (isGlobal(node, 'fetch')) return ['fetch'];
  return [];
}

function functionLengths(tree: Node, lineOf: (at: number) => number, counted: Set<number>): SourceFacts['functions'] {
  const lengths: SourceFacts['functions'] = [];
  const visit = (node: Node, name: string): Set<number> => {
    const here = nameOf(node) ?? name;
    const inside = childrenOf(node).map((child) => visit(child, here));
    const nested = new Set(inside.flatMap((lines) => [...lines]));
    if (!isFunction(node) || !node.span) return nested;
    const first = lineOf(node.span.start);
    const last = lineOf(node.span.end - 1);
    const lines = [...counted].filter((line) => line >= first && line <= last);
    lengths.push({ name: here, line: first, ownLines: lines.filter((line) => !nested.has(line)).length });
    return new Set(lines);
  };
  visit(tree, '(module)');
  return lengths;
}

function nameOf(node: Node): string | undefined {
  const named = node.identifier ?? node.key ?? (node.type === 'VariableDeclarator' ? node.id : undefined);
  return typeof named?.value === 'string' ? named.value : undefined;
}

/** swc's positions are bytes of UTF-8. */
function lineCounter(code: string, start: number): (position: number) => number {
  const bytes = Buffer.from(code, 'utf8');
  return (position) =>
    bytes
      .subarray(0, Math.max(0, position - start))
      .toString('latin1')
      .split('\n').length;
}

/** Lines that hold more than a comment. */
function codeLineNumbers(code: string): Set<number> {
  const numbers = new Set<number>();
  let inComment = false;
  for (const [index, line] of code.split('\n').entries()) {
    const text = line.trim();
    if (!inComment && text.startsWith('/*')) inComment = true;
    if (!inComment && text !== '' && !text.startsWith('//')) numbers.add(index + 1);
    if (inComment && text.includes('*/')) inComment = false;
  }
  return numbers;
}
