import { fieldLabel } from '../../dustess/field-labels.ts';
import type { Json } from '../../json.ts';
import type { DemoContact } from '../demo-crm/contacts.ts';
import { columnsOf, wrap } from './wrap.ts';

export interface TableWords {
  before: string;
  after: string;
  gone: string;
  empty: string;
  /** For each contact, what it is in this merge. */
  role(contactId: string): string;
}

interface Layout extends TableWords {
  width: number;
  labelColumns: number;
  valueColumns: number;
  /** Whether there is room for the Chinese name of a field beside its key. */
  labels: boolean;
}

const WIDE_TERMINAL = 80;
const INDENT = '    ';

/** Both states of the same contacts side by side, one field a line; `←` marks what is no longer the same. */
export function beforeAndAfter(before: DemoContact[], after: DemoContact[], words: TableWords, width: number) {
  const layout = layoutOf(words, width);
  const ids = [...new Set([...before, ...after].map(({ id }) => id))];
  const of = (contacts: DemoContact[], id: string) => contacts.find((contact) => contact.id === id);
  return [
    ...lines('', words.before, words.after, layout),
    ...ids.flatMap((id) => contactLines(id, of(before, id), of(after, id), layout)),
  ];
}

function layoutOf(words: TableWords, width: number): Layout {
  return width >= WIDE_TERMINAL
    ? { ...words, width, labelColumns: 34, valueColumns: 18, labels: true }
    : { ...words, width, labelColumns: 23, valueColumns: 16, labels: false };
}

type Maybe = DemoContact | undefined;

function contactLines(id: string, before: Maybe, after: Maybe, layout: Layout): string[] {
  const keys = [...new Set([...Object.keys(before?.fields ?? {}), ...Object.keys(after?.fields ?? {})])];
  const head = lines(id.slice(0, 8), layout.role(id), after ? '' : layout.gone, layout);
  const empty = after ? layout.empty : '';
  return [
    ...head,
    ...keys.flatMap((key) => fieldLines(key, before?.fields[key], after?.fields[key], { ...layout, empty })),
  ];
}

function fieldLines(key: string, before: Json | undefined, after: Json | undefined, layout: Layout): string[] {
  const { empty, labels } = layout;
  const changed = JSON.stringify(before) !== JSON.stringify(after) && empty !== '';
  const [left, right] = [before, after].map((value) => (value === undefined ? empty : shown(value)));
  const name = `  ${key}${labels ? ` ${fieldLabel(key)}` : ''}`;
  return lines(name, left ?? '', `${right}${changed ? '  ←' : ''}`, layout);
}

const shown = (value: Json) =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(' ') : String(value);

/** One row; what does not fit into the last column goes on below it. */
function lines(name: string, left: string, right: string, { width, labelColumns, valueColumns }: Layout): string[] {
  const start = `${INDENT}${padded(name, labelColumns)}${padded(left, valueColumns)}`;
  const indent = ' '.repeat(columnsOf(start));
  return wrap(`${start}${right}`, { width, indent }).map((line) => line.trimEnd());
}

const padded = (text: string, columns: number) => text + ' '.repeat(Math.max(1, columns - columnsOf(text)));
