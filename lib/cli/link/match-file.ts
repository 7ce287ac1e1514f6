import { createHash } from 'node:crypto';
import type { LinkRow, MatchOptions } from '../../linking/match.ts';
import { planLinks } from '../../linking/plan-links.ts';
import { readContacts, readKeyedRecords, type UnusableRow } from '../../linking/read-contacts.ts';
import { scanRecords } from '../../linking/scan-records.ts';
import { readTable } from '../../linking/table/read-table.ts';
import type { ExportedContact, KeyedRecord } from '../../linking/two-sides.ts';
import type { LinkableCrm } from '../../ports.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readBytes } from './plan-files.ts';
import { createProgress } from './progress.ts';
import { type MatchingOptions, type ReadMatching, readMatching } from './read-options.ts';
import { survivorsOf } from './survivors.ts';
import { type LinkTenant, patienceOf } from './tenant-settings.ts';

export interface MatchFileOptions extends MatchingOptions {
  /** An export of the CRM's records, in place of a scan. */
  records?: string;
}

/** An export and a CRM, each read once, and what every row comes to. */
export interface Matched {
  rows: LinkRow[];
  contacts: ExportedContact[];
  unusable: UnusableRow[];
  /** Role → names of the columns that it was read from. */
  columns: Record<string, string[]>;
  records: KeyedRecord[];
  /** Calls of the scan; 0 where the records came from a file. */
  pages: number;
  matching: ReadMatching;
  /** Of the export. */
  digest: string;
}

/** @throws UsageError, UnusableFile, CrmError */
export async function matchFile(file: string, tenant: LinkTenant, options: MatchFileOptions, io: Io): Promise<Matched> {
  const matching = readMatching(options, tenant.crm?.keyProperties ?? OF_A_FILE);
  const bytes = await readBytes(file);
  const table = await readTable(bytes);
  const read = readContacts(table, matching);
  if (read.contacts.length === 0) throw new UsageError(`${file} has no row with a contact id`);
  const { records, pages } = await recordsOf(tenant, matching, options, io);
  const how: MatchOptions = { ...matching, survivors: new Map(), unnamed: read.unusable.map(({ keys }) => keys) };
  const first = planLinks(read.contacts, records, how);
  const survivors = await mergedAmong(first, records, tenant);
  const rows = survivors.size === 0 ? first : planLinks(read.contacts, records, { ...how, survivors });
  const digest = createHash('sha256').update(bytes).digest('hex');
  const columns = Object.fromEntries(
    [...read.columns].map(([role, places]) => [role, places.map((place) => table.header[place] ?? '')]),
  );
  return { ...read, columns, rows, records, pages, matching, digest };
}

/** A file of records has columns, no properties: they are found by the names of the keys. */
const OF_A_FILE = { mobile: ['mobile'], email: ['email'] };

async function recordsOf(tenant: LinkTenant, matching: ReadMatching, { records }: MatchFileOptions, io: Io) {
  if (records !== undefined)
    return { records: readKeyedRecords(await readTable(await readBytes(records)), matching), pages: 0 };
  return scan(needLinkable(tenant), matching, io);
}

/** @throws UsageError for a CRM whose records cannot be read. */
export function needLinkable({ crm, kind }: LinkTenant): LinkableCrm {
  if (crm) return crm;
  throw new UsageError(
    `the records of a CRM of kind ${kind} cannot be read from here: export them and give the file with --records; ` +
      'its columns are the record’s id, its mobile and e-mail, and the 尘锋 id where it has one',
  );
}

async function scan(crm: LinkableCrm, matching: ReadMatching, io: Io) {
  const progress = createProgress(io, { what: 'reading records' });
  try {
    return await scanRecords(crm, { ...matching, ...patienceOf(io), onPage: progress.show });
  } finally {
    progress.end();
  }
}

/** Only contacts that a record is in question for are looked up. @throws Refused where the ledger does not answer. */
async function mergedAmong(
  rows: LinkRow[],
  records: KeyedRecord[],
  { service }: LinkTenant,
): Promise<Map<string, string>> {
  if (!service) return new Map();
  const inQuestion = rows.filter(({ class: kind, recordIds }) => kind !== 'linked' && recordIds.length > 0);
  const touched = new Set(inQuestion.flatMap(({ recordIds }) => recordIds));
  const carried = records.flatMap(({ recordId, contactIds }) => (touched.has(recordId) ? contactIds : []));
  const ids = new Set([...inQuestion.flatMap(({ contactId }) => contactId ?? []), ...carried]);
  return survivorsOf(service.ledger, [...ids]).catch(() => {
    throw new Refused('the ledger cannot be read, and with it who was merged meanwhile: see merge-sync who --help');
  });
}
