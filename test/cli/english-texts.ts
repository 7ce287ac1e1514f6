import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';

interface Node {
  type: string;
  [key: string]: unknown;
}

/** A text of the source: `{}` stands where a value is put in. */
export interface SourceText {
  file: string;
  text: string;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Every string and template of these files of which a person would say that it is English prose. */
export function proseIn(root: string, files: string[], wanted: (text: string) => boolean): SourceText[] {
  return files.flatMap((file) => {
    const found: string[] = [];
    collect(parseSync(readFileSync(path.join(root, file), 'utf8'), { syntax: 'typescript' }), found);
    return found.filter(wanted).map((text) => ({ file, text }));
  });
}

/** All TypeScript files below a folder, relative to the root. */
export const filesBelow = (root: string, folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file))
    .sort();

function collect(value: unknown, found: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) {
    if (isSkipped(value)) return;
    const text = textOf(value);
    if (text !== undefined) found.push(text);
    if (text !== undefined && value.type !== 'TemplateLiteral' && value.type !== 'BinaryExpression') return;
    if (value.type === 'BinaryExpression' && text !== undefined) return collectInside(value, found);
  }
  for (const part of Object.values(value)) if (typeof part === 'object') collect(part, found);
}

/** The values in a joined text may hold texts of their own; its pieces are none. */
function collectInside(node: Node, found: string[]): void {
  for (const side of [node.left, node.right] as Node[]) {
    if (side.type === 'TemplateLiteral') collect(side.expressions, found);
    else if (side.type === 'BinaryExpression') collectInside(side, found);
    else if (side.type !== 'StringLiteral') collect(side, found);
  }
}

/** Imports, types, and what has its Chinese beside it. */
function isSkipped(node: Node): boolean {
  if (node.type === 'ImportDeclaration') return true;
  if (node.type.startsWith('Ts')) return !/(Expression|ConstAssertion)$/.test(node.type);
  if (node.type === 'ConditionalExpression' && isChinese(node.consequent)) return true;
  if (node.type !== 'ObjectExpression') return false;
  const keys = (node.properties as Node[]).map(({ key }) => (isNode(key) ? key.value : undefined));
  return keys.includes('en') && keys.includes('zh');
}

const isChinese = (node: unknown): boolean => isNode(node) && /\p{Script=Han}/u.test(textOf(node) ?? '');

function textOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral') return node.value as string;
  if (node.type === 'TemplateLiteral')
    return (node.quasis as { cooked: string }[]).map(({ cooked }) => cooked).join('{}');
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const [left, right] = [node.left as Node, node.right as Node].map(textOf);
  if (left === undefined && right === undefined) return undefined;
  return `${left ?? '{}'}${right ?? '{}'}`;
}
