import type { SalesforceQuirks } from './quirks.ts';

/** A contact as the org keeps it: texts as REST shows them; a multi-select as `a;b`. */
export interface Row {
  Id: string;
  IsDeleted: boolean;
  MasterRecordId: string | null;
  fields: { [field: string]: FieldValue };
}

export type FieldValue = string | number | boolean | null;

export interface FieldType {
  type: 'string' | 'textarea' | 'boolean' | 'double' | 'date' | 'datetime' | 'multipicklist' | 'reference';
  length?: number;
  required?: boolean;
  externalId?: boolean;
  unique?: boolean;
  updateable?: boolean;
  values?: string[];
}

/** What Salesforce answers instead of doing it: its code, and the field it is about. */
export class Refused extends Error {
  readonly code: string;
  readonly fields: string[];
  constructor(code: string, fields: string[] = []) {
    super(code);
    this.code = code;
    this.fields = fields;
  }
}

const text = (length = 255): FieldType => ({ type: 'string', length });

export const CONTACT_FIELDS: { [field: string]: FieldType } = {
  FirstName: text(40),
  LastName: { ...text(80), required: true },
  Email: text(80),
  Phone: text(40),
  MobilePhone: text(40),
  Fax: text(40),
  Title: text(128),
  AccountId: { type: 'reference' },
  OwnerId: { type: 'reference' },
  CreatedDate: { type: 'datetime', updateable: false },
  Description: { type: 'textarea', length: 32_000 },
  Birthdate: { type: 'date' },
  Score__c: { type: 'double' },
  Signed__c: { type: 'boolean' },
  Met_At__c: { type: 'datetime' },
  Colours__c: { type: 'multipicklist', values: ['red', 'green', 'blue'] },
  Dustess_Merged_Ids__c: { type: 'textarea', length: 131_072 },
};

/** The contacts of one org, and its rules about them. */
export class Org {
  readonly rows = new Map<string, Row>();
  readonly types: { [field: string]: FieldType };
  readonly idField: string;
  readonly quirks: SalesforceQuirks;
  /** Losers that merges have absorbed. */
  absorbed = 0;
  private created = 0;

  constructor(idField: string, quirks: SalesforceQuirks, more: { [field: string]: FieldType } = {}) {
    this.idField = idField;
    this.quirks = quirks;
    const unique = !quirks.idFieldNotUnique;
    this.types = { ...CONTACT_FIELDS, ...more, [idField]: { ...text(), externalId: true, unique } };
  }

  insert(values: Row['fields']): Row {
    const fields = this.checked(values);
    const row = { Id: makeId('003', ++this.created), IsDeleted: false, MasterRecordId: null, fields };
    if (!fields.LastName) throw new Refused('REQUIRED_FIELD_MISSING', ['LastName']);
    this.checkUnique(row.Id, fields);
    this.rows.set(row.Id, row);
    return row;
  }

  update(id: string, values: Row['fields']): Row {
    const row = this.alive(id);
    const fields = this.checked(values);
    if (fields.LastName === null) throw new Refused('REQUIRED_FIELD_MISSING', ['LastName']);
    this.checkUnique(row.Id, fields);
    Object.assign(row.fields, fields);
    return row;
  }

  /** All or nothing. Blank fields of the master stay blank: a merge fills nothing. */
  merge(masterId: string, loserIds: string[], values: Row['fields']): Row {
    if (loserIds.length < 1 || loserIds.length > 2) throw new Refused('INVALID_NUMBER_OF_MERGE_RECORDS');
    if (new Set([masterId, ...loserIds].map(key)).size !== loserIds.length + 1) throw new Refused('MERGE_FAILED');
    const master = this.alive(masterId);
    const losers = loserIds.map((id) => this.alive(id));
    for (const loser of losers) this.checkAccounts(master, loser);
    const fields = this.checked(values);
    this.checkExternalIds(fields);
    if (fields.LastName === null) throw new Refused('REQUIRED_FIELD_MISSING', ['LastName']);
    // The values are saved before the losers are deleted: theirs still count as taken.
    this.checkUnique(master.Id, fields);
    Object.assign(master.fields, fields);
    for (const loser of losers) Object.assign(loser, { IsDeleted: true, MasterRecordId: master.Id });
    this.absorbed += losers.length;
    return master;
  }

  /** Out of the recycle bin, as it was put there. */
  undelete(id: string): Row {
    const row = this.row(id);
    if (!row?.IsDeleted) throw new Refused('UNDELETE_FAILED');
    this.checkUnique(row.Id, row.fields);
    return Object.assign(row, { IsDeleted: false, MasterRecordId: null });
  }

  /** Takes ids of 15 and of 18 characters. */
  row(id: string): Row | undefined {
    return this.rows.get(id) ?? [...this.rows.values()].find((row) => key(row.Id) === id);
  }

  /** As if 15 days had passed: nothing tells any more what became of the deleted. */
  purge(): void {
    for (const row of this.rows.values()) if (row.IsDeleted) this.rows.delete(row.Id);
  }

  private alive(id: string): Row {
    const row = this.row(id);
    if (!row) throw new Refused('INVALID_CROSS_REFERENCE_KEY');
    if (row.IsDeleted) throw new Refused('ENTITY_IS_DELETED');
    return row;
  }

  private checkAccounts(master: Row, loser: Row): void {
    if (!this.quirks.refusesOtherAccounts) return;
    if ((master.fields.AccountId ?? null) !== (loser.fields.AccountId ?? null)) throw new Refused('MERGE_FAILED');
  }

  private checkExternalIds(fields: Row['fields']): void {
    const externalId = Object.keys(fields).find((field) => this.types[field]?.externalId);
    if (externalId && this.quirks.refusesExternalIdsInMerge) throw new Refused('INVALID_FIELD', [externalId]);
  }

  private checkUnique(id: string, fields: Row['fields']): void {
    const value = fields[this.idField];
    if (!value || this.quirks.idFieldNotUnique) return;
    const taken = [...this.rows.values()].some(
      (row) => !row.IsDeleted && row.Id !== id && same(row.fields[this.idField], value),
    );
    if (taken) throw new Refused('DUPLICATE_VALUE', [this.idField]);
  }

  /** Field names in Salesforce's own spelling, values that fit. */
  private checked(values: Row['fields']): Row['fields'] {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => this.checkedField(name, value)));
  }

  private checkedField(name: string, value: FieldValue): [string, FieldValue] {
    const field = this.fieldNamed(name);
    const type = this.types[field];
    if (!type || type.updateable === false) throw new Refused('INVALID_FIELD_FOR_INSERT_UPDATE', [field]);
    if (value === null) return [field, null];
    return [field, fitting(field, type, value)];
  }

  fieldNamed(name: string): string {
    const field = Object.keys(this.types).find((one) => one.toLowerCase() === name.toLowerCase());
    if (field === undefined) throw new Refused('INVALID_FIELD', [name]);
    return field;
  }
}

function fitting(field: string, { type, length, values }: FieldType, value: FieldValue): FieldValue {
  if (type === 'boolean') return value === true || value === 'true';
  if (type === 'double') {
    if (Number.isNaN(Number(value))) throw new Refused('INVALID_TYPE_ON_FIELD_IN_RECORD', [field]);
    return Number(value);
  }
  const text = type === 'string' ? String(value).trim() : String(value); // Blanks at the ends of a text field are not kept.
  if (type === 'date' && !/^\d{4}-\d\d-\d\d$/.test(text)) throw new Refused('JSON_PARSER_ERROR', [field]);
  if (length !== undefined && text.length > length) throw new Refused('STRING_TOO_LONG', [field]);
  if (values && !text.split(';').every((one) => values.includes(one)))
    throw new Refused('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', [field]);
  return text;
}

/** SOQL and uniqueness ignore case, unless the field is defined otherwise. */
export const same = (one: unknown, other: unknown) => String(one ?? '').toLowerCase() === String(other).toLowerCase();

const key = (id: string) => id.slice(0, 15);

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CASE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** A well-formed 18-character id: prefix, pod, number, and three characters that repeat the case of the fifteen. */
export function makeId(prefix: string, number: number): string {
  let digits = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) digits = `${ALPHABET[rest % 62]}${digits}`;
  const id = `${prefix}Dn${digits.padStart(10, '0')}`;
  const suffix = [0, 5, 10].map((from) => {
    const upper = [...id.slice(from, from + 5)].map((character, index) => (/[A-Z]/.test(character) ? 1 << index : 0));
    return CASE_ALPHABET[upper.reduce((sum, bit) => sum + bit, 0)];
  });
  return id + suffix.join('');
}
