import { batchesOf } from '../batches.ts';
import { CrmError } from '../errors.ts';
import { type JsonObject, objectIn, objectsIn, textIn } from '../json.ts';
import type { JsonCalls } from './json-calls.ts';

/** As a text stands in a filter: https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html#sec_URLSyntax */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

export interface EntitySet {
  vendor: string;
  /** `contacts` */
  set: string;
}

export interface RowsWanted extends EntitySet {
  /** The property that each row has its id in. */
  key: string;
  column: string;
  /** As literals: rows whose column equals one of them. */
  anyOf: string[];
  /** None: all. */
  select: string[];
}

const MAX_BATCH = 20; // A URL often takes no more than 8 KB on its way.

/** Rows of an OData 4 service. @throws CrmError, `retry-soon` for an answer that is not all the rows. */
export async function readRows(calls: JsonCalls, wanted: RowsWanted): Promise<JsonObject[]> {
  const { vendor, set, key, column } = wanted;
  const select = wanted.select.length > 0 ? `&$select=${[...new Set([key, ...wanted.select])].join(',')}` : '';
  const rows: JsonObject[] = [];
  for (const some of batchesOf([...new Set(wanted.anyOf)], MAX_BATCH)) {
    const filter = encodeURIComponent(some.map((value) => `${column} eq ${value}`).join(' or '));
    const call = { method: 'GET' as const, path: `/${set}?$filter=${filter}${select}`, label: `/${set}` };
    const { value, '@odata.nextLink': more } = objectIn((await calls({ ...call, repeatable: true })).text);
    const isWhole = Array.isArray(value) && more === undefined && objectsIn(value).every((row) => textIn(row, key));
    if (!isWhole) throw new CrmError('retry-soon', `${vendor}: /${set} answered not all rows`, { code: 'UNREADABLE' });
    rows.push(...objectsIn(value));
  }
  return rows;
}

/**
 * `If-Match: *`, for without it a row that is gone would be made anew:
 * https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part1-protocol.html#sec_UpsertanEntity
 */
export async function updateRow(calls: JsonCalls, { set }: EntitySet, id: string, body: JsonObject): Promise<void> {
  const call = { method: 'PATCH' as const, path: `/${set}(${id})`, label: `/${set}(ID)` };
  await calls({ ...call, headers: { 'if-match': '*' }, body });
}

/** @throws CrmError, `ambiguous` for an answer that does not name the new row. */
export async function createRow(calls: JsonCalls, { vendor, set }: EntitySet, body: JsonObject) {
  const { headers } = await calls({ method: 'POST', path: `/${set}`, label: `/${set}`, body });
  const recordId = /\(([\w-]{36})\)$/.exec(headers.get('odata-entityid') ?? '')?.[1];
  if (recordId) return { recordId };
  throw new CrmError('ambiguous', `${vendor}: POST /${set} answered without an id`, { code: 'UNREADABLE' });
}
