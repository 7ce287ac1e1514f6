import type { EventRecord } from '../../ledger/event-record.ts';

const HEADER = ['received', 'event', 'state', 'reason', 'updated'];

/** Events as a table for a spreadsheet: UTF-8 with its mark, so that every one reads it. Ids and codes only. */
export function eventsAsCsv(records: EventRecord[]): string {
  const rows = records.map(({ receivedAt, eventId, state, reason = '', updatedAt }) =>
    [new Date(receivedAt).toISOString(), eventId, state, reason, new Date(updatedAt).toISOString()].map(cell),
  );
  return `\uFEFF${[HEADER, ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

/** What begins like a formula would be one: https://owasp.org/www-community/attacks/CSV_Injection */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
