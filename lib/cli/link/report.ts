import { csvOf } from '../../csv.ts';
import type { LinkRow } from '../../linking/match.ts';
import type { UnusableRow } from '../../linking/read-contacts.ts';
import { LINK_CLASSES, LINK_REASONS } from '../../linking/reasons.ts';
import type { Language } from '../../sentence.ts';

const COLUMNS = ['class', 'contactId', 'lines', 'key', 'recordIds', 'writes', 'reason', 'meaning'];
const MAX_IDS = 20;

/** Rows of the file that name no contact, as rows of the plan. */
export const unusableRows = (rows: readonly UnusableRow[]): LinkRow[] =>
  rows.map(({ line, reason }) => ({ class: 'unusable', reason, lines: [line], recordIds: [] }));

/** Every row of a plan as CSV: ids, lines and reasons, no values. */
export function reportCsv(rows: readonly LinkRow[], language: Language): string {
  return csvOf([COLUMNS, ...rows.map((row) => cellsOf(row, language))], '\t');
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
  return csvOf([['recordId', 'contactId'], ...links], '\t');
}
