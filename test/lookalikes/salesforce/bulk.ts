import type { Answer } from './faults.ts';
import { Refused } from './org.ts';
import { json } from './rest.ts';

/** A query job of the Bulk API 2.0, with its rows as they were when it was created. */
interface Job {
  info: { id: string; [member: string]: unknown };
  fields: string[];
  rows: Record<string, unknown>[];
  looks: number;
}

/** How often a job is looked at before it has its results. */
const STATES = ['UploadComplete', 'InProgress', 'InProgress'];

/**
 * The Bulk API 2.0's queries: https://developer.salesforce.com/docs/platform/api-asynch/guide/query-bulk-api-2-0.html
 * @param rowsOf a query's rows, by the names of its fields.
 */
export class BulkQueries {
  /** Jobs that were created and not deleted. */
  readonly jobs = new Map<string, Job>();
  private created = 0;
  private readonly rowsOf: (soql: string) => object[];
  private readonly mostPerSet: number;

  constructor(rowsOf: (soql: string) => object[], mostPerSet: number) {
    this.rowsOf = rowsOf;
    this.mostPerSet = mostPerSet;
  }

  create(body: string, version: string): Answer {
    const { operation, query, ...more } = JSON.parse(body) as { operation: string; query: string };
    if (operation !== 'query' || Object.keys(more).length > 0) throw new Refused('INVALIDJOB');
    if (/\b(GROUP BY|OFFSET|TYPEOF)\b/i.test(query)) throw new Refused('INVALIDJOB');
    if (/\b(ORDER BY|LIMIT)\b/i.test(query))
      throw new Error('ORDER BY and LIMIT keep a bulk query from being cut into parts');
    const fields = (/^SELECT (.+) FROM /i.exec(query)?.[1] ?? '').split(',').map((name) => name.trim());
    const info = {
      id: `750Dn${String(++this.created).padStart(13, '0')}`,
      operation,
      object: 'Contact',
      concurrencyMode: 'Parallel',
      contentType: 'CSV',
      apiVersion: Number(version),
      lineEnding: 'LF',
      columnDelimiter: 'COMMA',
      state: 'UploadComplete',
    };
    this.jobs.set(info.id, { info, fields, rows: this.rowsOf(query) as Job['rows'], looks: 0 });
    return json(200, info);
  }

  look(id: string): Answer {
    const job = this.job(id);
    const state = STATES[job.looks++] ?? 'JobComplete';
    job.info.state = state;
    return json(200, {
      ...job.info,
      jobType: 'V2Query',
      numberRecordsProcessed: state === 'JobComplete' ? job.rows.length : 0,
      retries: 0,
    });
  }

  results(id: string, url: URL, version: string): Answer {
    const job = this.job(id);
    if (job.info.apiVersion !== Number(version))
      return json(409, [{ errorCode: 'API_VERSION_MISMATCH', message: 'with "values"' }]);
    if (job.info.state !== 'JobComplete')
      return json(412, [{ errorCode: 'JOB_NOT_COMPLETE', message: 'with "values"' }]);
    const from = Number(Buffer.from(url.searchParams.get('locator') ?? '', 'base64').toString() || 0);
    const size = Math.min(Number(url.searchParams.get('maxRecords') ?? this.mostPerSet), this.mostPerSet);
    const rows = job.rows.slice(from, from + size);
    const isLast = from + size >= job.rows.length;
    const lines = [job.fields, ...rows.map((row) => job.fields.map((name) => cellOf(row, name)))];
    return {
      status: 200,
      headers: {
        'content-type': 'text/csv',
        'sforce-numberofrecords': String(rows.length),
        // The text `null` where there is no further set.
        'sforce-locator': isLast ? 'null' : Buffer.from(String(from + size)).toString('base64'),
      },
      body: lines.map((cells) => `${cells.map(quoted).join(',')}\n`).join(''),
    };
  }

  remove(id: string): Answer {
    const job = this.job(id);
    if (job.info.state !== 'JobComplete') return json(400, [{ errorCode: 'API_ERROR', message: 'with "values"' }]);
    this.jobs.delete(id);
    return { status: 204 };
  }

  private job(id: string): Job {
    const job = this.jobs.get(id);
    if (!job) throw new Refused('NOT_FOUND');
    return job;
  }
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

function cellOf(row: Record<string, unknown>, name: string): string {
  const key = Object.keys(row).find((one) => one.toLowerCase() === name.toLowerCase());
  return String((key === undefined ? undefined : row[key]) ?? '');
}
