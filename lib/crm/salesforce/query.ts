import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';

/** `queryAll` also sees what was deleted or merged away and is still in the recycle bin. */
export type QueryKind = 'query' | 'queryAll';

export interface Query {
  kind: QueryKind;
  fields: string[];
  field: string;
  /** Any number of values: asked for in portions. */
  values: string[];
}

const PORTION = 100; // 36-character ids make a URL of about 5 KB; Salesforce takes 16 KB.
const MAX_PAGES = 100; // Far beyond what so few ids can have: a `done` that never comes does not hold us for ever.

const Page = v.object({
  done: v.boolean(),
  nextRecordsUrl: v.optional(v.nullable(v.string())),
  records: v.array(v.record(v.string(), v.any())),
});

/** Contacts with one of these values. The database itself answers, not a search index: it sees every earlier write. */
export async function queryContacts(calls: SalesforceCalls, query: Query): Promise<JsonObject[]> {
  // In SOQL an empty text matches every record that has nothing there.
  const values = [...new Set(query.values)].filter((value) => value.trim() !== '');
  const records: JsonObject[] = [];
  for (let from = 0; from < values.length; from += PORTION)
    records.push(...(await queryPortion(calls, { ...query, values: values.slice(from, from + PORTION) })));
  return records;
}

async function queryPortion(calls: SalesforceCalls, { kind, fields, field, values }: Query): Promise<JsonObject[]> {
  const soql = `SELECT ${fields.join(',')} FROM Contact WHERE ${field} IN (${values.map(literal).join(',')})`;
  let path: string | undefined = `/${kind}?q=${encodeURIComponent(soql)}`;
  const records: JsonObject[] = [];
  for (let page = 0; path !== undefined; page++) {
    if (page === MAX_PAGES) throw unreadable(kind);
    const { body } = await calls.rest({ method: 'GET', path, label: `/${kind}`, accept: [200] });
    const read = v.safeParse(Page, body);
    if (!read.success) throw unreadable(kind);
    records.push(...(read.output.records as JsonObject[]));
    path = read.output.done ? undefined : nextPath(kind, read.output.nextRecordsUrl);
  }
  return records;
}

function nextPath(kind: QueryKind, url: string | null | undefined): string {
  const locator = url?.split('/').at(-1);
  if (!locator) throw unreadable(kind);
  return `/${kind}/${encodeURIComponent(locator)}`;
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
