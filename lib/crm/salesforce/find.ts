import { CrmError } from '../../errors.ts';
import { isBlank, type Json, type JsonObject } from '../../json.ts';
import type { CrmRecord } from '../../ports.ts';
import type { JournalProperties } from '../setting-fields.ts';
import type { SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';
import { fieldList, queryContacts } from './query.ts';

export interface Lookup {
  idField: string;
  contactIds: string[];
  properties: string[];
  /** What else plans keep; left out: nothing. */
  journal?: JournalProperties;
}

/**
 * Contacts by their External ID field, all in one query: two records for one id come as two. Not by
 * `GET sobjects/Contact/{field}/{value}`: its 404 also stands for a field that does not exist or may not be read, and
 * a missing permission must not pass for an unknown contact.
 */
export async function findContacts(calls: SalesforceCalls, { idField, contactIds, properties, journal = [] }: Lookup) {
  const named = journal === 'all' ? properties : [...properties, ...journal];
  const fields = journal === 'all' ? journal : fieldList(['Id', idField, ...named]);
  const rows = await queryContacts(calls, { kind: 'query', fields, field: idField, values: contactIds });
  const exact = new Set(contactIds);
  return rows.map((row) => {
    const record = readRecord(row, idField, journal === 'all' ? allOf(row, named, idField) : named);
    const value = record.contactId ?? '';
    // A field that ignores case, and blanks at the ends, finds `ABC` for `abc `: reported under what was asked, with its own id.
    const alike = () => contactIds.find((id) => plain(id) === plain(value));
    return { asked: exact.has(value) ? value : (alike() ?? value), record };
  });
}

const plain = (id: string) => id.trim().toLowerCase();

function readRecord(row: JsonObject, idField: string, names: string[]): CrmRecord {
  const [recordId, contactId] = [fieldIn(row, 'Id'), fieldIn(row, idField)];
  if (typeof recordId !== 'string')
    throw new CrmError('retry-soon', `${VENDOR}: a record came without Id`, { code: 'UNREADABLE' });
  const values = Object.fromEntries(names.map((name) => [name, fieldIn(row, name) ?? null]));
  return { recordId, contactId: typeof contactId === 'string' ? contactId : undefined, values };
}

/** Salesforce takes a field name in any case and answers with its own spelling. */
function fieldIn(row: JsonObject, name: string): Json | undefined {
  const alike = () => Object.keys(row).find((key) => key.toLowerCase() === name.toLowerCase());
  const key = Object.hasOwn(row, name) ? name : alike();
  return key === undefined ? undefined : row[key];
}

/** All that the user may see; what is mapped must be among it, for a hidden value must not pass for an empty one. @throws CrmError */
function allOf(row: JsonObject, named: string[], idField: string): string[] {
  const hidden = [idField, ...named].filter((name) => fieldIn(row, name) === undefined);
  if (hidden.length > 0)
    throw new CrmError('permanent', `${VENDOR}: the user may not see ${hidden.join(', ')}`, { code: 'INVALID_FIELD' });
  const ofItself = ['attributes', 'id', idField.toLowerCase()];
  const filled = Object.keys(row).filter((name) => !isBlank(row[name]) && !ofItself.includes(name.toLowerCase()));
  return [...named, ...filled];
}
