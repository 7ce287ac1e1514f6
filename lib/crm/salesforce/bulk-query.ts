import { parse } from 'csv-parse/sync';
import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';

const JOBS = '/jobs/query';
/** Rows of one set of results: of usual width some 2 MB, a client reads 8 MB at most. */
const ROWS_PER_SET = 10_000;
const FIRST_LOOK_MS = 1_000;
const MOST_BETWEEN_LOOKS_MS = 20_000;
const GIVE_UP_MS = 3_600_000; // Most queries end within minutes.

const Job = v.object({ id: v.pipe(v.string(), v.regex(/^\w{15,18}$/)), state: v.string() });

/**
 * A query of the Bulk API 2.0, which is meant for many records: Salesforce carries it out by itself, and gives its rows
 * as CSV. Without ORDER BY, which makes it slow: https://developer.salesforce.com/docs/platform/api-asynch/guide/query-create-job.html
 * @returns the job's id. @throws CrmError
 */
export async function startBulkQuery(calls: SalesforceCalls, fields: string[]): Promise<string> {
  const body = { operation: 'query', query: `SELECT ${fields.join(',')} FROM Contact` };
  // Started twice, it only answers twice.
  return readJob(await calls.rest({ method: 'POST', path: JOBS, label: JOBS, body, accept: [200], repeatable: true }))
    .id;
}

/**
 * Waits until the job has its results.
 * https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-job-states.html
 * @throws CrmError `permanent` for a job that has failed or was aborted, or has not ended within an hour.
 */
export async function awaitBulkQuery(
  calls: SalesforceCalls,
  id: string,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  const until = calls.now() + GIVE_UP_MS;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, MOST_BETWEEN_LOOKS_MS)) {
    const answer = await calls.rest({ method: 'GET', path: `${JOBS}/${id}`, label: `${JOBS}/ID`, accept: [200] });
    const { state } = readJob(answer);
    if (state === 'JobComplete') return;
    if (state === 'Failed' || state === 'Aborted') throw ended(state);
    if (calls.now() > until) throw ended('not-ended');
    await sleep(pauseMs);
  }
}

const ended = (state: string) =>
  new CrmError('permanent', `${VENDOR}: the bulk query of all contacts came to no end (${state}): run it again`, {
    code: `BULK_QUERY.${state}`,
  });

/**
 * A set of results, by the locator that the set before named; left out: the first.
 * https://developer.salesforce.com/docs/platform/api-asynch/guide/query-get-job-results.html
 * @throws CrmError
 */
export async function readBulkResults(
  calls: SalesforceCalls,
  id: string,
  { fields, locator }: { fields: string[]; locator: string | undefined },
): Promise<{ records: JsonObject[]; next: string | undefined }> {
  const query = new URLSearchParams({ maxRecords: String(ROWS_PER_SET), ...(locator && { locator }) });
  const label = `${JOBS}/ID/results`;
  const { text, headers } = await calls.csv({ path: `${JOBS}/${id}/results?${query}`, label });
  const next = headers.get('sforce-locator') ?? 'null';
  const records = readRows(text, fields);
  const count = headers.get('sforce-numberofrecords');
  // Cut short on its way, it would look like fewer contacts.
  if (count === null || Number(count) !== records.length) throw unreadable(label);
  return { records, next: next === 'null' ? undefined : next };
}

/** Rows by the names that were asked for; an empty cell is `null`, as REST has it. */
function readRows(text: string, fields: string[]): JsonObject[] {
  const [header = [], ...rows] = parsed(text);
  const isHeader = header.length === fields.length && header[0]?.toLowerCase() === fields[0]?.toLowerCase();
  if (!isHeader) throw unreadable('the header of a bulk query');
  return rows.map((cells) => Object.fromEntries(fields.map((name, place) => [name, cells[place] || null])));
}

/** What cannot be parsed is an answer cut short; the parser's message may quote a cell. */
function parsed(text: string): string[][] {
  try {
    return parse(text, { relax_column_count: false });
  } catch {
    throw unreadable('the results of a bulk query');
  }
}

/**
 * Results hold personal data: where Salesforce lets us, they are deleted at once.
 * https://developer.salesforce.com/docs/platform/api-asynch/guide/query-delete-job.html
 */
export async function endBulkQuery(calls: SalesforceCalls, id: string): Promise<void> {
  const one = { path: `${JOBS}/${id}`, label: `${JOBS}/ID` };
  await calls.rest({ method: 'DELETE', ...one, accept: [204], repeatable: true }).catch((error: unknown) => {
    if (!(error instanceof CrmError)) throw error;
  });
}

function readJob({ body }: { body: unknown }): v.InferOutput<typeof Job> {
  const job = v.safeParse(Job, body);
  if (!job.success) throw unreadable(JOBS);
  return job.output;
}

const unreadable = (what: string) =>
  new CrmError('retry-soon', `${VENDOR}: ${what} answered something else than was asked for`, { code: 'UNREADABLE' });
