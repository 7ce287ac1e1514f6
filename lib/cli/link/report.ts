import type { LinkRow } from '../../linking/match.ts';
import type { UnusableRow } from '../../linking/read-contacts.ts';
import { LINK_CLASSES, LINK_REASONS } from '../../linking/reasons.ts';
import type { Language } from '../../sentence.ts';

const COLUMNS = ['class', 'contactId', 'lines', 'key', 'recordIds', 'writes', 'reason', 'meaning'];
const MAX_IDS = 20;

/** Rows of the file that name no contact, as rows of the plan. */
export const unusableRows = (rows: readonly UnusableRow[]): LinkRow[] =>
  rows.map(({ line, reason }) => ({ class: 'unusable', reason, lines: [line], recordIds: [] }));

/** Every row of a plan as CSV: ids, lines and reasons, no values. With a byte order mark, for Excel reads UTF-8 by it. */
export function reportCsv(rows: readonly LinkRow[], language: Language): string {
  const lines = rows.map((row) => cellsOf(row, language).map(cell).join(','));
  return `\uFEFF${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

function cellsOf(
  { class: kind, contactId = '', lines = [], key = '', recordIds, writes = '', reason }: LinkRow,
  language: Language,
) {
  const ids = recordIds.length > MAX_IDS ? [...recordIds.slice(0, MAX_IDS), '…'] : recordIds;
  const meaning = `${LINK_CLASSES[kind][language]}: ${LINK_REASONS[reason][language]}`;
  return [kind, contactId, lines.join(' '), key, ids.join(' '), writes, reason, meaning];
}

/** For a CRM that imports by itself: the links alone. */
export function importCsv(rows: readonly LinkRow[]): string {
  const links = rows.flatMap(({ writes, recordIds: [record = ''] }) =>
    writes === undefined ? [] : [[record, writes]],
  );
  return `\uFEFF${[['recordId', 'contactId'], ...links].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** A spreadsheet takes what begins with one of these for a formula: a tab before it makes it a text. */
function cell(text: string): string {
  const safe = /^[=+\-@]/.test(text) ? `\t${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
