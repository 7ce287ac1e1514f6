import type { Json } from '../../json.ts';
import type { DemoContact } from '../demo-crm/contacts.ts';
import { fieldLabel } from '../demo-crm/field-labels.ts';

export interface TableWords {
  before: string;
  after: string;
  gone: string;
  empty: string;
  /** For each contact, what it is in this merge. */
  role(contactId: string): string;
}

const LABEL_COLUMNS = 34;
const VALUE_COLUMNS = 18;

/** Both states of the same contacts side by side, one field a line; `←` marks what is no longer the same. */
export function beforeAndAfter(before: DemoContact[], after: DemoContact[], words: TableWords): string[] {
  const ids = [...new Set([...before, ...after].map(({ id }) => id))];
  const of = (contacts: DemoContact[], id: string) => contacts.find((contact) => contact.id === id);
  return [
    line('', words.before, words.after),
    ...ids.flatMap((id) => contactLines(id, of(before, id), of(after, id), words)),
  ];
}

type Maybe = DemoContact | undefined;

function contactLines(id: string, before: Maybe, after: Maybe, words: TableWords): string[] {
  const keys = [...new Set([...Object.keys(before?.fields ?? {}), ...Object.keys(after?.fields ?? {})])];
  const head = line(id.slice(0, 8), words.role(id), after ? '' : words.gone);
  return [
    head,
    ...keys.map((key) => fieldLine(key, before?.fields[key], after?.fields[key], after ? words.empty : '')),
  ];
}

function fieldLine(key: string, before: Json | undefined, after: Json | undefined, empty: string): string {
  const changed = JSON.stringify(before) !== JSON.stringify(after) && empty !== '';
  const name = `  ${key} ${fieldLabel(key)}`;
  const text = line(name, before === undefined ? empty : shown(before), after === undefined ? empty : shown(after));
  return changed ? `${text}  ←` : text;
}

const shown = (value: Json) =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(' ') : String(value);

const line = (name: string, left: string, right: string) =>
  `    ${padded(name, LABEL_COLUMNS)}${padded(left, VALUE_COLUMNS)}${right}`.trimEnd();

/** A Chinese character takes two columns of a terminal. */
function padded(text: string, columns: number): string {
  const wide = text.match(/[\u2E80-\uFFEF]/g)?.length ?? 0;
  return text + ' '.repeat(Math.max(1, columns - text.length - wide));
}
