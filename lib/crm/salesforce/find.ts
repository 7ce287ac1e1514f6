import { CrmError } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { CrmRecord } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';
import { fieldList, queryContacts } from './query.ts';

export interface Lookup {
  idField: string;
  contactIds: string[];
  /** Named properties, and what else the journal should have. */
  properties: string[];
}

/**
 * Contacts by their External ID field, all in one query: two records for one id come as two. Not by
 * `GET sobjects/Contact/{field}/{value}`: its 404 also stands for a field that does not exist or may not be read, and
 * a missing permission must not pass for an unknown contact.
 */
export async function findContacts(calls: SalesforceCalls, { idField, contactIds, properties }: Lookup) {
  const fields = fieldList(['Id', idField, ...properties]);
  const rows = await queryContacts(calls, { kind: 'query', fields, field: idField, values: contactIds });
  const exact = new Set(contactIds);
  return rows.map((row) => {
    const record = readRecord(row, idField, properties);
    const value = record.contactId ?? '';
    // A field that ignores case finds `ABC` for `abc`: reported under what was asked, with its own id.
    const alike = () => contactIds.find((id) => id.toLowerCase() === value.toLowerCase());
    return { asked: exact.has(value) ? value : (alike() ?? value), record };
  });
}

function readRecord(row: JsonObject, idField: string, properties: string[]): CrmRecord {
  const [recordId, contactId] = [fieldIn(row, 'Id'), fieldIn(row, idField)];
  if (typeof recordId !== 'string')
    throw new CrmError('retry-soon', `${VENDOR}: a record came without Id`, { code: 'UNREADABLE' });
  const values = Object.fromEntries(properties.map((name) => [name, fieldIn(row, name) ?? null]));
  return { recordId, contactId: typeof contactId === 'string' ? contactId : undefined, values };
}

/** Salesforce takes a field name in any case and answers with its own spelling. */
function fieldIn(row: JsonObject, name: string): Json | undefined {
  const alike = () => Object.keys(row).find((key) => key.toLowerCase() === name.toLowerCase());
  const key = Object.hasOwn(row, name) ? name : alike();
  return key === undefined ? undefined : row[key];
}
