import type { Answer } from './faults.ts';
import { type FieldValue, type Org, Refused, type Row, same } from './org.ts';
import { ALL_FIELDS, type Condition, parseSoql } from './soql.ts';

const STATUS: ReadonlyMap<string, number> = new Map([
  ['INVALID_SESSION_ID', 401],
  ['REQUEST_LIMIT_EXCEEDED', 403],
  ['API_DISABLED_FOR_ORG', 403],
  ['INSUFFICIENT_ACCESS_OR_READONLY', 403],
  ['NOT_FOUND', 404],
  ['ENTITY_IS_DELETED', 404],
  ['SERVER_UNAVAILABLE', 503],
  ['UNKNOWN_EXCEPTION', 500],
]);

export const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8' },
  body: JSON.stringify(body),
});

export function restError(
  code: string,
  fields: string[] = [],
  said: { message?: string; status?: number } = {},
): Answer {
  const message = said.message ?? `the message of ${code}, with "values"`;
  return json(said.status ?? STATUS.get(code) ?? 400, [{ message, errorCode: code, fields }]);
}

/** In REST an id that is not there is not a bad reference but not found. */
export function refusedAnswer(error: unknown): Answer {
  if (error instanceof SyntaxError) return restError('MALFORMED_QUERY');
  if (!(error instanceof Refused)) throw error;
  return restError(error.code === 'INVALID_CROSS_REFERENCE_KEY' ? 'NOT_FOUND' : error.code, error.fields);
}

const SYSTEM_FIELDS = ['Id', 'IsDeleted', 'MasterRecordId'];

export function query(org: Org, soql: string, all: boolean): object[] {
  const { fields, object, where, limit } = parseSoql(soql);
  if (object !== 'Contact') throw new Refused('INVALID_TYPE');
  const visible = () => [...SYSTEM_FIELDS, ...Object.keys(org.types)];
  if (fields.includes(ALL_FIELDS) && !(limit !== undefined && limit <= 200)) throw new Refused('MALFORMED_QUERY');
  const names = fields.flatMap((name) => (name === ALL_FIELDS ? visible() : canonical(org, name)));
  if (new Set(names).size !== names.length) throw new Refused('INVALID_FIELD');
  const conditions = where?.map((one) => ({ ...one, field: canonical(org, one.field) }));
  const rows = [...org.rows.values()].filter(
    (row) => (all || !row.IsDeleted) && (!conditions || conditions.some((one) => holds(one, read(row, one.field)))),
  );
  return rows.slice(0, limit).map((row) => ({
    attributes: { type: 'Contact', url: `/services/data/v62.0/sobjects/Contact/${row.Id}` },
    ...Object.fromEntries(names.map((name) => [name, read(row, name)])),
  }));
}

function holds({ field, values, like }: Condition, has: FieldValue): boolean {
  if (!like) return values.some((value) => matches(field, has, value));
  const pattern = values[0]
    ?.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${pattern}$`, 'is').test(String(has ?? ''));
}

// Ids are case-sensitive in 15 characters and come in both lengths.
const matches = (field: string, has: FieldValue, value: string) =>
  field === 'Id' || field === 'MasterRecordId'
    ? String(has).slice(0, 15) === value.slice(0, 15) && [15, 18].includes(value.length)
    : same(has, value.trim()); // An empty text matches what is empty.

const canonical = (org: Org, name: string) =>
  SYSTEM_FIELDS.find((field) => field.toLowerCase() === name.toLowerCase()) ?? org.fieldNamed(name);

function read(row: Row, field: string): FieldValue {
  if (field === 'Id') return row.Id;
  if (field === 'IsDeleted') return row.IsDeleted;
  return field === 'MasterRecordId' ? row.MasterRecordId : (row.fields[field] ?? null);
}

export function describe(org: Org): object {
  const fields = Object.entries(org.types).map(([name, type]) => ({
    name,
    type: type.type,
    externalId: type.externalId ?? false,
    unique: type.unique ?? false,
    updateable: type.updateable ?? true,
    nillable: !type.required,
    length: type.length ?? 0,
  }));
  const { readOnlyUser = false } = org.quirks;
  return { name: 'Contact', mergeable: true, deletable: !readOnlyUser, updateable: !readOnlyUser, fields };
}

const MOST_IN_A_COLLECTION = 200;

/** Each record by itself, as with `allOrNone` false. @throws Refused for a request that is none. */
export function updateCollection(org: Org, body: string): object[] {
  const { allOrNone, records } = JSON.parse(body) as { allOrNone: boolean; records: CollectionRecord[] };
  if (allOrNone !== false || records.length > MOST_IN_A_COLLECTION) throw new Refused('INVALID_INPUT');
  return records.map(({ attributes, id, ...fields }) => {
    try {
      if (attributes.type !== 'Contact') throw new Refused('INVALID_TYPE');
      return {
        id: org.update(id, readFields(org, JSON.stringify(fields), { forbidden: ['Id'] })).Id,
        success: true,
        errors: [],
      };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { success: false, errors: [{ statusCode: error.code, message: 'with "values"', fields: error.fields }] };
    }
  });
}

type CollectionRecord = { attributes: { type: string }; id: string } & Row['fields'];

/** A JSON body as fields. @throws Refused for what the JSON reader would not take. */
export function readFields(org: Org, body: string, names: { forbidden: string[] }): Row['fields'] {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Refused('JSON_PARSER_ERROR');
  for (const [name, value] of Object.entries(parsed)) {
    if (names.forbidden.includes(name)) throw new Refused('INVALID_FIELD', [name]);
    const type = org.types[org.fieldNamed(name)]?.type;
    const fits = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    // A number for a text field: "Cannot deserialize instance of string from VALUE_NUMBER".
    if (!fits || (type !== 'double' && typeof value === 'number')) throw new Refused('JSON_PARSER_ERROR', [name]);
  }
  return parsed as Row['fields'];
}
