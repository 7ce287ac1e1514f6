import type { CrmRecord } from '../ports.ts';

/**
 * Of what a CRM finds that compares without regard to case, accents or blanks: only records that carry an id exactly.
 * @example exactly(['ada'], [{ recordId: '1', contactId: 'ADA', values: {} }]) // []
 */
export function exactly(contactIds: string[], records: CrmRecord[]): { asked: string; record: CrmRecord }[] {
  const asked = new Set(contactIds);
  return records.flatMap((record) => {
    const { contactId } = record;
    return contactId !== undefined && asked.has(contactId) ? [{ asked: contactId, record }] : [];
  });
}
