import { type LinkRow, type MatchOptions, matchContact, personOf, prepareMatching } from './match.ts';
import type { ExportedContact, KeyedRecord } from './two-sides.ts';

/**
 * What becomes of every contact of an export and of every record of the CRM. A 尘锋 id is written only where a key is
 * unique on both sides and no stronger one disagrees (promise 12). Pure; in the order of the export, then of the scan.
 */
export function planLinks(
  contacts: readonly ExportedContact[],
  records: readonly KeyedRecord[],
  options: MatchOptions,
): LinkRow[] {
  const matching = prepareMatching(contacts, records, options);
  const rows = contacts.map((contact) => matchContact(contact, matching));
  const settled = settleMerged(rows, records, options);
  return [...settled, ...recordsLeft(settled, records, contacts)];
}

/**
 * Of contacts that 尘锋 has made one, the survivor's id goes on a record: its own, or where it has none that of one of
 * the others. A further record gets its own id, by which the missing merge is seen; nothing is merged here.
 */
function settleMerged(rows: LinkRow[], records: readonly KeyedRecord[], options: MatchOptions): LinkRow[] {
  const isMerged = ({ contactId = '' }: LinkRow) => options.survivors.has(contactId);
  const homes = homesOf(rows, records, options);
  const getsOwnId = rows.filter((row) => row.class === 'matched' && !isMerged(row));
  const taken = new Set(getsOwnId.flatMap(({ recordIds }) => recordIds));
  return rows.map((row) => {
    if (!isMerged(row) || row.class !== 'matched') return row;
    const person = personOf(options, row.contactId ?? '');
    const [recordId = ''] = row.recordIds;
    const home = homes.get(person);
    if (home === undefined) {
      homes.set(person, recordId);
      return { ...row, reason: 'gets-survivor-id', writes: person };
    }
    // One id is enough to know the record by.
    if (home === recordId || taken.has(recordId)) return survivorHas(row);
    taken.add(recordId);
    return { ...row, reason: 'merge-waits' };
  });
}

const survivorHas = ({ writes: _nothing, ...row }: LinkRow): LinkRow => ({
  ...row,
  class: 'merged-before',
  reason: 'survivor-has-record',
});

/** The record that each person has: one that carries an id of theirs, or one that the survivor itself was matched to. */
function homesOf(rows: LinkRow[], records: readonly KeyedRecord[], options: MatchOptions): Map<string, string> {
  const homes = new Map<string, string>();
  for (const { contactIds, recordId } of records)
    for (const contactId of contactIds) homes.set(personOf(options, contactId), recordId);
  for (const { contactId = '', class: kind, recordIds } of rows)
    if (kind === 'matched' && !options.survivors.has(contactId) && !homes.has(contactId))
      homes.set(contactId, recordIds[0] ?? '');
  return homes;
}

/** Records that no row speaks of. */
function recordsLeft(
  rows: LinkRow[],
  records: readonly KeyedRecord[],
  contacts: readonly ExportedContact[],
): LinkRow[] {
  const told = new Set(rows.flatMap(({ recordIds }) => recordIds));
  const known = new Set(contacts.map(({ contactId }) => contactId));
  return records.flatMap(({ recordId, contactIds: [contactId] }): LinkRow[] => {
    if (told.has(recordId)) return [];
    const about = { class: 'missing-in-export' as const, recordIds: [recordId] };
    return contactId === undefined || known.has(contactId)
      ? [{ ...about, reason: 'record-without-contact' }]
      : [{ ...about, reason: 'id-not-in-file', contactId }];
  });
}
