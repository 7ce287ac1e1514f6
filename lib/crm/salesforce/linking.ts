import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { IdWrite, LinkableCrm, LinkRecord } from '../../ports.ts';
import { createCalls, type SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';
import { findContacts } from './find.ts';
import { fieldList, queryContacts, queryPage } from './query.ts';
import { checkInstanceUrl, DEFAULT_API_VERSION, type SalesforceOptions } from './salesforce.ts';
import { searchContacts } from './search.ts';
import { DEFAULT_ID_FIELD } from './settings.ts';

/** Of a composite request: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-update.html */
const MAX_BATCH = 200;

/** Contacts of Salesforce for linking: pages of 2 000 by SOQL, writes by 200. @throws ConfigError */
export function createSalesforceLinking(options: SalesforceOptions): LinkableCrm {
  checkInstanceUrl(options.instanceUrl);
  const { apiVersion = DEFAULT_API_VERSION, idField = DEFAULT_ID_FIELD } = options;
  const calls = createCalls({ ...options, apiVersion });
  return {
    name: VENDOR,
    keyProperties: { mobile: ['MobilePhone', 'Phone'], email: ['Email'] },
    batchSize: MAX_BATCH,
    async scan(properties, after) {
      const fields = fieldList(['Id', idField, ...properties]);
      const { records, next } = await queryPage(calls, fields, after);
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
