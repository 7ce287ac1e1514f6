import { readFileSync } from 'node:fs';

// Generated from the Partner WSDL by @jsforce/jsforce-node 3.12.0 (MIT); see the file's own header.
// npm and jest run in the package's folder.
const FILE = 'test/lookalikes/contracts/salesforce-partner-soap-merge.schemas.json';

type Type = string | string[];
interface Schema {
  props: { [name: string]: Type };
}
const { schemas } = JSON.parse(readFileSync(FILE, 'utf8')) as { schemas: { [type: string]: Schema } };

export type Tree = string | null | { name: string; content: Tree }[];

/** What is wrong with elements that should be of a type of the WSDL: unknown ones, wrong order, missing ones. */
export function problemsOf(type: string, tree: Tree): string[] {
  const schema = schemas[type];
  if (!schema) return [`unknown type ${type}`];
  if (!Array.isArray(tree)) return [`${type} must have elements`];
  const names = Object.keys(schema.props);
  const open = type === 'sObject'; // Its sequence ends with any number of fields.
  const order = tree.map(({ name }) => names.indexOf(name)).map((at) => (at < 0 ? names.length : at));
  return [
    ...tree.flatMap(({ name }) => (names.includes(name) || open ? [] : [`${type} has no element ${name}`])),
    ...(order.every((at, index) => index === 0 || at >= (order[index - 1] ?? 0)) ? [] : [`${type} is out of order`]),
    ...names.flatMap((name) => countProblems(type, name, schema.props[name] ?? '', tree)),
    ...tree.flatMap(({ name, content }) => contentProblems(schema.props[name], name, content)),
  ];
}

function countProblems(type: string, name: string, declared: Type, tree: { name: string }[]): string[] {
  const count = tree.filter((element) => element.name === name).length;
  if (Array.isArray(declared) || count === 1) return [];
  if (count === 0 && declared.startsWith('?')) return [];
  return [`${type} has ${count} elements ${name} instead of one`];
}

function contentProblems(declared: Type | undefined, name: string, content: Tree): string[] {
  const type = Array.isArray(declared) ? declared.at(-1) : declared?.replace('?', '');
  if (type === undefined) return [];
  if (schemas[type]) return problemsOf(type, content);
  if (content === null) return [];
  if (typeof content !== 'string') return [`${name} must be a text`];
  return type === 'boolean' && !['true', 'false'].includes(content) ? [`${name} must be true or false`] : [];
}
