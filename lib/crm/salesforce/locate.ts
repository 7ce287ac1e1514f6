import type { JsonObject } from '../../json.ts';
import type { RecordLocation } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { queryContacts } from './query.ts';
import { idKey } from './record-ids.ts';

interface Row {
  recordId: string;
  deleted: boolean;
  master: string | undefined;
}

/**
 * Where records are now. A merged one is deleted and names its master, which may have been merged itself: chains are
 * followed to their end. A record that the recycle bin no longer has is gone.
 */
export async function findWhereabouts(
  calls: SalesforceCalls,
  recordIds: string[],
): Promise<Map<string, RecordLocation>> {
  const rows = new Map<string, Row>();
  const asked = new Set<string>();
  let next = recordIds;
  while (next.length > 0) {
    for (const id of next) asked.add(idKey(id));
    for (const row of await readRows(calls, next)) rows.set(idKey(row.recordId), row);
    const masters = [...rows.values()].flatMap(({ master }) => master ?? []);
    next = [...new Set(masters)].filter((master) => !asked.has(idKey(master)));
  }
  return new Map(recordIds.map((id) => [id, follow(rows, id)]));
}

async function readRows(calls: SalesforceCalls, values: string[]): Promise<Row[]> {
  const fields = ['Id', 'IsDeleted', 'MasterRecordId'];
  const records = await queryContacts(calls, { kind: 'queryAll', fields, field: 'Id', values });
  return records.flatMap(readRow);
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
