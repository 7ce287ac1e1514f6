import { CrmError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { RecordLocation } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';
import { queryContacts } from './query.ts';
import { idKey } from './record-ids.ts';

interface Row {
  recordId: string;
  deleted: boolean;
  master: string | undefined;
}

const MAX_LINKS = 50; // Each is a query; the recycle bin, which the links are read from, keeps 15 days of merges.
const MAX_MS = 20_000; // A worker has 30 s for an operation.

/**
 * Where records are now. A merged one is deleted and names its master, which may have been merged itself: chains are
 * followed to their end. A record that the recycle bin no longer has is gone.
 * @throws CrmError, `MASTER_CHAIN_TOO_LONG` for a chain that does not end.
 */
export async function locateContacts(
  calls: SalesforceCalls,
  recordIds: string[],
): Promise<Map<string, RecordLocation>> {
  const rows = new Map<string, Row>();
  const asked = new Set<string>();
  const until = calls.now() + MAX_MS;
  let next = recordIds;
  for (let links = 0; next.length > 0; links++) {
    if (links > MAX_LINKS) throw chainTooLong();
    if (calls.now() > until) throw chainTooSlow();
    for (const id of next) asked.add(idKey(id));
    const read = await readRows(calls, next);
    for (const row of read) rows.set(idKey(row.recordId), row);
    const masters = read.flatMap(({ master }) => master ?? []);
    next = [...new Map(masters.map((master) => [idKey(master), master]))].flatMap(([key, master]) =>
      asked.has(key) ? [] : [master],
    );
  }
  return new Map(recordIds.map((id) => [id, follow(rows, id)]));
}

/** Only what was asked for: an answer with other records must not make the next question grow. */
async function readRows(calls: SalesforceCalls, values: string[]): Promise<Row[]> {
  const fields = ['Id', 'IsDeleted', 'MasterRecordId'];
  const records = await queryContacts(calls, { kind: 'queryAll', fields, field: 'Id', values });
  const wanted = new Set(values.map(idKey));
  return records.flatMap(readRow).filter(({ recordId }) => wanted.has(idKey(recordId)));
}

function readRow({ Id, IsDeleted, MasterRecordId }: JsonObject): Row[] {
  if (typeof Id !== 'string') return [];
  const deleted = IsDeleted === true;
  return [
    { recordId: Id, deleted, master: deleted && typeof MasterRecordId === 'string' ? MasterRecordId : undefined },
  ];
}

function follow(rows: Map<string, Row>, recordId: string): RecordLocation {
  const passed = new Set<string>();
  let row = rows.get(idKey(recordId));
  while (row?.deleted) {
    if (row.master === undefined || passed.has(row.recordId)) return 'gone';
    passed.add(row.recordId);
    row = rows.get(idKey(row.master));
  }
  if (!row) return 'gone';
  return { recordId: idKey(row.recordId) === idKey(recordId) ? recordId : row.recordId };
}

function chainTooLong(): CrmError {
  const message = `${VENDOR}: a merged contact leads from master to master without end`;
  return new CrmError('permanent', message, { code: 'MASTER_CHAIN_TOO_LONG' });
}

function chainTooSlow(): CrmError {
  const message = `${VENDOR}: the masters of a merged contact were not told in time`;
  return new CrmError('retry-soon', message, { code: 'MASTER_CHAIN_TOO_SLOW' });
}
