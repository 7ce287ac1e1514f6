import * as v from 'valibot';
import { closestName } from './closest-name.ts';
import { isJsonObject } from './json.ts';
import type { Sentence } from './sentence.ts';
import { chineseOf } from './settings-words.ts';

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
  /** What a record has for each of its names. */
  value?: SchemaNode;
}

type Issue = v.BaseIssue<unknown>;

/** Valibot takes a list for an object: without this, `[]` would count as settings that say nothing. */
export function listsForObjects(schema: v.GenericSchema, input: unknown): Sentence[] {
  return listsBelow(schema as unknown as SchemaNode, input, '');
}

function listsBelow(schema: SchemaNode | undefined, value: unknown, place: string): Sentence[] {
  const node = resolved(schema, value);
  if (!node || typeof value !== 'object' || value === null) return [];
  const isObject = node.entries !== undefined || node.type === 'record';
  if (isObject && Array.isArray(value)) return [wrongAt(place, EXPECTED_OBJECT)];
  return Object.entries(value).flatMap(([key, below]) =>
    listsBelow(schemaOf(node, key), below, place === '' ? key : `${place}.${key}`),
  );
}

function schemaOf({ entries, item, type, value }: SchemaNode, key: string): SchemaNode | undefined {
  if (entries) return Object.hasOwn(entries, key) ? entries[key] : undefined;
  return item ?? (type === 'record' ? value : undefined);
}

/** Every issue in words: its place, what is wrong, and the name that was probably meant. Never a value. */
export function settingsProblems(schema: v.GenericSchema, issues: readonly Issue[]): Sentence[] {
  return issues.flatMap((issue) => problemsOf(schema as unknown as SchemaNode, issue, ''));
}

function problemsOf(root: SchemaNode, issue: Issue, prefix: string): Sentence[] {
  const place = prefix + (v.getDotPath(issue) ?? '');
  const last = issue.path?.at(-1);
  if (issue.type === 'strict_object' && last?.type === 'object') {
    const parent = nodeAt(root, issue.path?.slice(0, -1) ?? [], last.input);
    if (issue.expected === 'never') return [unknownKey(place, String(last.key), parent)];
    if (issue.received === 'undefined') return [{ en: `${place} is missing`, zh: `缺少 ${place}` }];
  }
  const closest = issue.type === 'union' && isJsonObject(issue.input) && nodeAt(root, issue.path ?? [], issue.input);
  if (closest && closest.type === 'strict_object') return problemsInOption(closest, issue.input, `${place}.`);
  return [wrongAt(place, withoutValue(issue))];
}

const wrongAt = (place: string, wrong: Sentence): Sentence => ({
  en: `${place || 'settings'}: ${wrong.en}`,
  zh: `${place || '配置'}：${wrong.zh}`,
});

/** A union only says that no option fits: the option with the most keys in common says what it lacks. */
function problemsInOption(option: SchemaNode, input: unknown, prefix: string): Sentence[] {
  const { issues = [] } = v.safeParse(option as unknown as v.GenericSchema, input);
  return issues.flatMap((issue) => problemsOf(option, issue, prefix));
}

function unknownKey(place: string, key: string, parent: SchemaNode | undefined): Sentence {
  const known = Object.keys(parent?.entries ?? {});
  const meant = closestName(key, known);
  const path = place.slice(0, -key.length);
  const shown = `${path}${key.slice(0, MAX_KEY)}`;
  if (meant === undefined)
    return {
      en: `unknown key ${shown} (known: ${known.join(', ')})`,
      zh: `没有 ${shown} 这一项（可用：${known.join('、')}）`,
    };
  return {
    en: `unknown key ${shown}, did you mean ${path}${meant}`,
    zh: `没有 ${shown} 这一项，是否应为 ${path}${meant}`,
  };
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
function withoutValue({ message, expected, type }: Issue): Sentence {
  if (!message.includes('but received')) {
    const own = message.replace(/: Received .*/s, '');
    return { en: own, zh: chineseOf(own) };
  }
  if (type === 'min_length') return { en: 'must not be empty', zh: '不能为空' };
  const bound = expected?.slice(2); // Behind >= or <=.
  if (type === 'min_value') return { en: `must be ${bound} or more`, zh: `不能小于 ${bound}` };
  if (type === 'max_value') return { en: `must be ${bound} or less`, zh: `不能大于 ${bound}` };
  const bare = (expected ?? type).replace(/^\(|\)$/g, '');
  const known = TYPES[expected ?? ''];
  if (known) return { en: `expected ${known.en}`, zh: `应为${known.zh}` };
  return { en: `expected ${bare.replaceAll(' | ', ' or ')}`, zh: `应为 ${bare.replaceAll(' | ', ' 或 ')}` };
}

const EXPECTED_OBJECT = { en: 'expected an object', zh: '应为对象' };

const TYPES: Record<string, Sentence> = {
  Object: { en: 'an object', zh: '对象' },
  Array: { en: 'a list', zh: '列表' },
  string: { en: 'a text', zh: '文本' },
  number: { en: 'a number', zh: '数字' },
  boolean: { en: 'true or false', zh: ' true 或 false' },
};
