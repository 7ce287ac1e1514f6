import { csvOf } from '../../csv.ts';
import type { EventRecord } from '../../ledger/event-record.ts';

const HEADER = ['received', 'event', 'state', 'reason', 'updated'];

/** Events as a table for a spreadsheet. Ids and codes only. */
export function eventsAsCsv(records: EventRecord[]): string {
  const rows = records.map(({ receivedAt, eventId, state, reason = '', updatedAt }) => [
    new Date(receivedAt).toISOString(),
    eventId,
    state,
    reason,
    new Date(updatedAt).toISOString(),
  ]);
  return csvOf([HEADER, ...rows], "'");
}
