import { type Country, type KeyName, type Keys, keyValues } from './keys.ts';
import { type Columns, findKeyColumns } from './table/columns.ts';
import type { Table, TableRow } from './table/read-table.ts';
import type { ExportedContact, KeyedRecord } from './two-sides.ts';
import { UnusableFile } from './unusable-file.ts';

/** A row that names no contact. */
export interface UnusableRow {
  line: number;
  reason: 'no-id' | 'id-damaged';
  /** They are some contact's: no other contact is the only one that has them. */
  keys: Keys;
}

export interface ReadOptions {
  /** In the order of their strength. */
  keys: KeyName[];
  /** As a person named them: role → column names. */
  columns: Readonly<Record<string, string[]>>;
  country: Country;
}

/** The contacts of an export, rows of one id taken together. @throws UnusableFile where the id, or every key, has no column. */
export function readContacts(table: Table, options: ReadOptions) {
  const columns = findKeyColumns(table.header, options.keys, { needed: ['id'], welcome: [], named: options.columns });
  const contacts = new Map<string, ExportedContact>();
  const unusable: UnusableRow[] = [];
  for (const row of table.rows) {
    const [contactId = ''] = cellsOf(row, columns, 'id');
    const reason = problemOf(contactId);
    const keys = readKeys(row, columns, options);
    if (reason === undefined) add(contacts, { contactId, lines: [row.line], keys });
    else unusable.push({ line: row.line, reason, keys });
  }
  return { contacts: [...contacts.values()], unusable, columns };
}

const cellsOf = ({ cells }: TableRow, columns: Columns, role: string): string[] =>
  (columns.get(role) ?? []).map((place) => cells[place] ?? '');

function readKeys(row: TableRow, columns: Columns, { keys, country }: ReadOptions): Keys {
  const read = keys.map((key) => [key, keyValues(key, cellsOf(row, columns, key), country)] as const);
  return Object.fromEntries(read.filter(([, values]) => values.length > 0));
}

/** Excel turns a long number into 1.23E+17 and cannot turn it back; a blank around an id is no part of any id we know. */
function problemOf(contactId: string): UnusableRow['reason'] | undefined {
  if (contactId.trim() === '') return 'no-id';
  const damaged =
    contactId !== contactId.trim() || /^\d(\.\d+)?e\+\d+$/i.test(contactId) || /[\p{Cc}\uFFFD]/u.test(contactId);
  return damaged ? 'id-damaged' : undefined;
}

function add(contacts: Map<string, ExportedContact>, contact: ExportedContact): void {
  const known = contacts.get(contact.contactId);
  contacts.set(contact.contactId, known ? joined(known, contact) : contact);
}

const joined = (one: ExportedContact, other: ExportedContact): ExportedContact => ({
  contactId: one.contactId,
  lines: [...one.lines, ...other.lines],
  keys: joinKeys(one.keys, other.keys),
});

export function joinKeys(one: Keys, other: Keys): Keys {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, [...new Set([...(one[name] ?? []), ...(other[name] ?? [])])]]),
  );
}

/**
 * Records as another CRM exports them, in place of a scan. @throws UnusableFile where the record's id is not found, or a
 * row has keys and no id: its values would seem to be another record's alone.
 */
export function readKeyedRecords(table: Table, options: ReadOptions): KeyedRecord[] {
  const columns = findKeyColumns(table.header, options.keys, {
    needed: ['record'],
    welcome: ['id'],
    named: recordColumns(options.columns),
    optionOf: (role) => (role === 'record' ? role : `record-${role}`),
  });
  // A column that is just called `id` is the record's own.
  const idPlaces = (columns.get('id') ?? []).filter((place) => !columns.get('record')?.includes(place));
  return table.rows.flatMap((row) => {
    const [recordId = ''] = cellsOf(row, columns, 'record');
    const keys = readKeys(row, columns, options);
    if (problemOf(recordId) !== undefined) {
      if (Object.keys(keys).length === 0) return [];
      throw new UnusableFile(`line ${row.line} of the file of records has no usable record id: export the ids as text`);
    }
    const contactIds = idPlaces.map((place) => row.cells[place] ?? '').filter((id) => id.trim() !== '');
    return [{ recordId, contactIds, keys }];
  });
}

/** What `--column` says of the export is not said of the file of records; a record's own columns have a name of their own. */
const recordColumns = (named: Readonly<Record<string, string[]>>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(named).flatMap(([role, names]) => {
      if (role === 'record') return [[role, names]];
      return role.startsWith('record-') ? [[role.slice('record-'.length), names]] : [];
    }),
  );
