import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { IdWrite, LinkableCrm, LinkRecord } from '../../ports.ts';
import { awaitBulkQuery, endBulkQuery, readBulkResults, startBulkQuery } from './bulk-query.ts';
import { createCalls, type SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';
import { findContacts } from './find.ts';
import { fieldList, queryContacts, queryPage } from './query.ts';
import { checkInstanceUrl, DEFAULT_API_VERSION, type SalesforceOptions } from './salesforce.ts';
import { searchContacts } from './search.ts';
import { DEFAULT_ID_FIELD } from './settings.ts';

/** Of a composite request: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-update.html */
const MAX_BATCH = 200;

/** From so many contacts on the Bulk API reads them: pages of 2 000 would be calls that the org's daily limit counts. */
const MOST_BY_PAGES = 100_000;

export interface SalesforceLinkingOptions extends SalesforceOptions {
  sleep: (ms: number) => Promise<void>;
  /** More contacts than this are read by the Bulk API; 100 000 if left out. */
  mostByPages?: number;
}

/**
 * Contacts of Salesforce for linking: pages of 2 000 by SOQL, many by the Bulk API. Ids are written by 200, also where
 * there are many: a bulk job would write minutes after the look that each record gets just before. @throws ConfigError
 */
export function createSalesforceLinking(options: SalesforceLinkingOptions): LinkableCrm {
  checkInstanceUrl(options.instanceUrl);
  const { apiVersion = DEFAULT_API_VERSION, idField = DEFAULT_ID_FIELD, mostByPages = MOST_BY_PAGES } = options;
  const calls = createCalls({ ...options, apiVersion });
  return {
    name: VENDOR,
    keyProperties: { mobile: ['MobilePhone', 'Phone'], email: ['Email'] },
    batchSize: MAX_BATCH,
    async scan(properties, after) {
      const fields = fieldList(['Id', idField, ...properties]);
      const { records, next } = await scanPage(calls, fields, { after, mostByPages, sleep: options.sleep });
      const read = records.map((row) => toLinkRecord(row, idField, properties));
      return { records: read, ...(next !== undefined && { after: next }) };
    },
    async read(recordIds, properties) {
      const fields = fieldList(['Id', idField, ...properties]);
      const rows = await queryContacts(calls, { kind: 'query', fields, field: 'Id', values: recordIds });
      return rows.map((row) => toLinkRecord(row, idField, properties));
    },
    async find(contactIds) {
      const found = await findContacts(calls, { idField, contactIds, properties: [] });
      return found.map(({ asked, record }) => ({ asked, recordId: record.recordId }));
    },
    search: (wanted) => searchContacts(calls, wanted),
    writeIds: (writes) => writeIds(calls, idField, writes),
  };
}

interface Scanning extends Pick<SalesforceLinkingOptions, 'sleep'> {
  /** A locator of a query's pages, or `bulk:` with a job's id and, from its second set of results on, their locator. */
  after: string | undefined;
  mostByPages: number;
}

async function scanPage(calls: SalesforceCalls, fields: string[], { after, mostByPages, sleep }: Scanning) {
  const [, id, locator] = /^bulk:(\w+)(?::(.+))?$/.exec(after ?? '') ?? [];
  if (id !== undefined) return scanSet(calls, fields, { id, locator, sleep });
  const page = await queryPage(calls, fields, after);
  if (after !== undefined || page.total <= mostByPages) return page;
  // Read from its beginning once more: the pages' order and the job's are not the same.
  return { records: [], next: `bulk:${await startBulkQuery(calls, fields)}` };
}

async function scanSet(
  calls: SalesforceCalls,
  fields: string[],
  { id, locator, sleep }: { id: string; locator: string | undefined; sleep: (ms: number) => Promise<void> },
) {
  if (locator === undefined) await awaitBulkQuery(calls, id, sleep);
  const { records, next } = await readBulkResults(calls, id, { fields, locator });
  if (next === undefined) await endBulkQuery(calls, id);
  return { records, next: next === undefined ? undefined : `bulk:${id}:${next}` };
}

function toLinkRecord(row: JsonObject, idField: string, properties: string[]): LinkRecord {
  const contactId = textOf(row, idField);
  const recordId = textOf(row, 'Id');
  if (recordId === undefined)
    throw new CrmError('retry-soon', `${VENDOR}: a record came without Id`, { code: 'UNREADABLE' });
  const values = properties.map((name) => [name, textOf(row, name)] as const);
  const filled = values.flatMap(([name, text]): [string, string[]][] => (text === undefined ? [] : [[name, [text]]]));
  return { recordId, contactIds: contactId === undefined ? [] : [contactId], values: Object.fromEntries(filled) };
}

/** Salesforce takes a field name in any case and answers with its own spelling. */
function textOf(row: JsonObject, name: string): string | undefined {
  const key = Object.hasOwn(row, name)
    ? name
    : Object.keys(row).find((one) => one.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : row[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const Results = v.array(
  v.object({
    success: v.boolean(),
    errors: v.optional(v.array(v.object({ statusCode: v.string() })), []),
  }),
);

/** Each record by itself: one that is refused does not keep the others from being written. */
async function writeIds(calls: SalesforceCalls, idField: string, writes: IdWrite[]): Promise<Map<string, string>> {
  const records = writes.map(({ recordId, contactId }) => ({
    attributes: { type: 'Contact' },
    id: recordId,
    [idField]: contactId,
  }));
  const path = '/composite/sobjects';
  const body = { allOrNone: false, records };
  const answer = await calls.rest({ method: 'PATCH', path, label: path, body, accept: [200] });
  const results = v.safeParse(Results, answer.body);
  if (!results.success || results.output.length !== writes.length)
    throw new CrmError('ambiguous', `${VENDOR}: PATCH ${path} answered something else than results`, {
      code: 'UNREADABLE',
    });
  return new Map(
    results.output.flatMap(({ success, errors }, index) =>
      success ? [] : [[writes[index]?.recordId ?? '', errors[0]?.statusCode ?? 'NO_CODE']],
    ),
  );
}
