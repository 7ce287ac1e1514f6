import * as v from 'valibot';
import { closestName } from './closest-name.ts';
import { isJsonObject } from './json.ts';

/** What valibot's schemas of objects, lists, variants and wrappers have in common, as far as a path can be followed. */
interface SchemaNode {
  type: string;
  entries?: Record<string, SchemaNode>;
  wrapped?: SchemaNode;
  item?: SchemaNode;
  options?: SchemaNode[];
  literal?: unknown;
  /** A variant's discriminator. */
  key?: string;
}

type Issue = v.BaseIssue<unknown>;

/** Every issue in words: its place, what is wrong, and the name that was probably meant. Never a value. */
export function settingsProblems(schema: v.GenericSchema, issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => problemsOf(schema as unknown as SchemaNode, issue, ''));
}

function problemsOf(root: SchemaNode, issue: Issue, prefix: string): string[] {
  const place = prefix + (v.getDotPath(issue) ?? '');
  const last = issue.path?.at(-1);
  if (issue.type === 'strict_object' && last?.type === 'object') {
    const parent = nodeAt(root, issue.path?.slice(0, -1) ?? [], last.input);
    if (issue.expected === 'never') return [unknownKey(place, String(last.key), parent)];
    return [`${place} is missing`];
  }
  const closest = issue.type === 'union' && isJsonObject(issue.input) && nodeAt(root, issue.path ?? [], issue.input);
  if (closest && closest.type === 'strict_object') return problemsInOption(closest, issue.input, `${place}.`);
  return [`${place || 'settings'}: ${withoutValue(issue)}`];
}

/** A union only says that no option fits: the option with the most keys in common says what it lacks. */
function problemsInOption(option: SchemaNode, input: unknown, prefix: string): string[] {
  const { issues = [] } = v.safeParse(option as unknown as v.GenericSchema, input);
  return issues.flatMap((issue) => problemsOf(option, issue, prefix));
}

function unknownKey(place: string, key: string, parent: SchemaNode | undefined): string {
  const known = Object.keys(parent?.entries ?? {});
  const meant = closestName(key, known);
  const path = place.slice(0, -key.length);
  const shown = `unknown key ${path}${key.slice(0, MAX_KEY)}`;
  return meant === undefined ? `${shown} (known: ${known.join(', ')})` : `${shown}, did you mean ${path}${meant}`;
}

const MAX_KEY = 80;

/** The schema at a path, its wrappers and alternatives resolved for the value that stands there. */
function nodeAt(root: SchemaNode, path: readonly v.IssuePathItem[], value: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const item of path) {
    const outer: SchemaNode | undefined = resolved(node, item.input);
    node = outer?.entries?.[String(item.key)] ?? outer?.item;
  }
  return resolved(node, value);
}

function resolved(node: SchemaNode | undefined, value: unknown): SchemaNode | undefined {
  let at = node;
  while (at && !at.entries && (at.wrapped || at.options)) at = at.wrapped ?? alternative(at, value);
  return at;
}

function alternative({ type, key, options = [] }: SchemaNode, value: unknown): SchemaNode | undefined {
  if (!isJsonObject(value)) return undefined;
  if (type === 'variant') return options.find((option) => option.entries?.[key ?? '']?.literal === value[key ?? '']);
  const shared = (option: SchemaNode) =>
    Object.keys(value).filter((name) => closestName(name, Object.keys(option.entries ?? {})) !== undefined).length;
  return options.filter(({ entries }) => entries).sort((a, b) => shared(b) - shared(a))[0];
}

// valibot's own messages quote what was received, and that may be a key. Ours (they have no "received") do not.
function withoutValue({ message, expected, type }: Issue): string {
  if (!message.includes('but received')) return message.replace(/: Received .*/s, '');
  if (type === 'min_length') return 'must not be empty';
  return `expected ${WORDS[expected ?? ''] ?? (expected ?? type).replace(/^\(|\)$/g, '').replaceAll(' | ', ' or ')}`;
}

const WORDS: Record<string, string> = { Object: 'an object', Array: 'a list', string: 'a text', number: 'a number' };
