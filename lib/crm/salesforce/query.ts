import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import { inParallel } from '../../in-parallel.ts';
import type { JsonObject } from '../../json.ts';
import type { SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';

/** `queryAll` also sees what was deleted or merged away and is still in the recycle bin. */
export type QueryKind = 'query' | 'queryAll';

export interface Query {
  kind: QueryKind;
  fields: string[] | 'all';
  field: string;
  /** Any number of values: asked for in portions. */
  values: string[];
}

/**
 * Of a path with its query. Salesforce takes 16 384 bytes of URL, and as many of URL and headers together:
 * https://developer.salesforce.com/docs/platform/api-rest/guide/errorcodes.html. The rest is for host, token and headers.
 */
const MAX_PATH_BYTES = 11_000;
const MAX_PAGES = 10; // A portion has at most some 500 ids, and a page at least 200 rows.
const MAX_ROWS = 2_000;
/** FIELDS(ALL) wants a limit, 200 at most: https://developer.salesforce.com/docs/platform/salesforce-soql-sosl/guide/sforce-api-calls-soql-select-fields.html */
const MAX_WIDE_ROWS = 200;
const MAX_WIDE_VALUES = 50; // Even four records for each id are seen: what is cut off must not pass for unknown.
const MAX_CHARACTERS = 2_000_000;
const MAX_CHARACTERS_PER_VALUE = 20_000;
const MAX_TEXT_LENGTH = 255; // Of an External ID field of type Text: nothing longer can stand in it.

const Page = v.object({
  totalSize: v.optional(v.number(), 0),
  done: v.boolean(),
  nextRecordsUrl: v.optional(v.nullable(v.string())),
  records: v.array(v.record(v.string(), v.any())),
});

/**
 * Contacts with one of these values. The database itself answers, not a search index: it sees every earlier write.
 * @throws CrmError
 */
export async function queryContacts(calls: SalesforceCalls, query: Query): Promise<JsonObject[]> {
  const values = [...new Set(query.values)].filter(canStandInField);
  const portions = portionsOf({ ...query, values });
  const found = await inParallel(portions, (portion) => queryPortion(calls, { ...query, values: portion }));
  return found.flat();
}

/** In SOQL an empty text matches every record that has nothing there; a lone surrogate is in no text and no URL. */
const canStandInField = (value: string): boolean =>
  value.trim() !== '' && value.length <= MAX_TEXT_LENGTH && !/\p{Surrogate}/u.test(value);

const pathOf = ({ kind, fields, field, values }: Query): string => {
  const where = `FROM Contact WHERE ${field} IN (${values.map(literal).join(',')})`;
  const soql =
    fields === 'all' ? `SELECT FIELDS(ALL) ${where} LIMIT ${MAX_WIDE_ROWS}` : `SELECT ${fields.join(',')} ${where}`;
  return `/${kind}?q=${encoded(soql)}`;
};

/** As `fetch` sends it: the URL standard encodes an apostrophe in a query, `encodeURIComponent` does not. */
const encoded = (text: string): string => encodeURIComponent(text).replaceAll("'", '%27');

const COMMA_BYTES = 3; // `%2C`

/** As many values at a time as the URL has room for; what is encoded is ASCII, so its length is its bytes. */
function portionsOf(query: Query): string[][] {
  const room = MAX_PATH_BYTES - pathOf({ ...query, values: [] }).length;
  const portions: string[][] = [];
  let left = 0;
  for (const value of query.values) {
    const bytes = encoded(literal(value)).length + COMMA_BYTES;
    if (bytes > room) throw tooManyFields();
    const isFull = query.fields === 'all' && portions.at(-1)?.length === MAX_WIDE_VALUES;
    if (bytes > left || isFull) {
      portions.push([]);
      left = room;
    }
    left -= bytes;
    portions.at(-1)?.push(value);
  }
  return portions;
}

function tooManyFields(): CrmError {
  const advice = 'name fewer fields in the mapping, or set journal.properties to "all"';
  return new CrmError('permanent', `${VENDOR}: the fields to read leave no room for an id; ${advice}`, {
    code: 'TOO_MANY_FIELDS',
  });
}

/**
 * A page of all contacts: 2 000 at most, fewer where rows are wide. @param locator what the page before named.
 * @throws CrmError
 */
export async function queryPage(calls: SalesforceCalls, fields: string[], locator?: string) {
  const first = `/query?q=${encoded(`SELECT ${fields.join(',')} FROM Contact ORDER BY Id`)}`;
  const path = locator === undefined ? first : `/query/${encodeURIComponent(locator)}`;
  return askPage(calls, path);
}

interface Answered {
  records: JsonObject[];
  /** Of all pages together. */
  total: number;
  /** Of the page after it. */
  next: string | undefined;
}

async function askPage(calls: SalesforceCalls, path: string): Promise<Answered> {
  const { body } = await calls.rest({ method: 'GET', path, label: '/query', accept: [200] });
  const read = v.safeParse(Page, body);
  if (!read.success) throw unreadable('query');
  const { done, nextRecordsUrl, records, totalSize: total } = read.output;
  return { records: records as JsonObject[], total, next: done ? undefined : locatorIn('query', nextRecordsUrl) };
}

/** Some contacts that a condition holds for. @throws CrmError */
export async function queryWhere(
  calls: SalesforceCalls,
  { fields, where, limit }: { fields: string[]; where: string; limit: number },
): Promise<JsonObject[]> {
  const soql = `SELECT ${fields.join(',')} FROM Contact WHERE ${where} LIMIT ${limit}`;
  const rows: JsonObject[] = [];
  for (let path: string | undefined = `/query?q=${encoded(soql)}`; path !== undefined; ) {
    const { records, next }: Answered = await askPage(calls, path);
    rows.push(...records);
    path = next !== undefined && rows.length < limit ? `/query/${encodeURIComponent(next)}` : undefined;
  }
  return rows;
}

async function queryPortion(calls: SalesforceCalls, query: Query): Promise<JsonObject[]> {
  const { kind, values } = query;
  let path: string | undefined = pathOf(query);
  let characters = MAX_CHARACTERS + values.length * MAX_CHARACTERS_PER_VALUE;
  const records: JsonObject[] = [];
  for (let page = 0; path !== undefined; page++) {
    const { body, size } = await calls.rest({ method: 'GET', path, label: `/${kind}`, accept: [200] });
    const read = v.safeParse(Page, body);
    if (!read.success) throw unreadable(kind);
    records.push(...(read.output.records as JsonObject[]));
    characters -= size;
    path = read.output.done ? undefined : nextPath(kind, read.output.nextRecordsUrl);
    if (characters < 0 || records.length > MAX_ROWS || (path !== undefined && page === MAX_PAGES)) throw tooLarge(kind);
  }
  return records;
}

const nextPath = (kind: QueryKind, url: string | null | undefined): string =>
  `/${kind}/${encodeURIComponent(locatorIn(kind, url))}`;

function locatorIn(kind: QueryKind, url: string | null | undefined): string {
  const locator = url?.split('/').at(-1);
  if (!locator) throw unreadable(kind);
  return locator;
}

const ESCAPES: { [character: string]: string } = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** A text in SOQL: quotes and backslashes escaped, so that it can be nothing but a text. */
export function literal(text: string): string {
  return `'${[...text].map((character) => ESCAPES[character] ?? character).join('')}'`;
}

const FIELD_NAME = /^[A-Za-z]\w{0,254}$/;

/** Field names become part of a query: anything but a name is refused. Without repeats, which SOQL refuses. @throws CrmError */
export function fieldList(fields: string[]): string[] {
  const byName = new Map(fields.map((field) => [field.toLowerCase(), field]));
  const names = [...byName.values()];
  if (names.every((name) => FIELD_NAME.test(name))) return names;
  throw new CrmError('permanent', `${VENDOR}: a mapped property is not a field name`, { code: 'INVALID_FIELD' });
}

function unreadable(kind: QueryKind): CrmError {
  return new CrmError('retry-soon', `${VENDOR}: GET /${kind} answered something else than records`, {
    code: 'UNREADABLE',
  });
}

/** Far beyond what so few ids can have: an answer without end must not use up the memory of all tenants. */
function tooLarge(kind: QueryKind): CrmError {
  return new CrmError('permanent', `${VENDOR}: GET /${kind} answered far more than the records asked for`, {
    code: 'TOO_MANY_RECORDS',
  });
}
