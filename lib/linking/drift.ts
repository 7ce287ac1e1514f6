import type { LinkRow } from './match.ts';
import type { KeyedRecord } from './two-sides.ts';

/** How far a CRM has come apart from 尘锋, as data: report, pages and command are made from it. */
export const DRIFT_CLASSES = {
  linked: { en: 'linked and fine', zh: '已关联，一致' },
  unlinked: { en: 'a record fits and carries no id: link it', zh: '有对应记录但没有 id：请关联' },
  unclear: { en: 'several fit, or something disagrees', zh: '有多个可能，或信息矛盾' },
  'not-in-crm': { en: 'no record fits', zh: 'CRM 中没有对应记录' },
  'merge-missing': { en: 'merged in 尘锋, and not in the CRM', zh: '已在尘锋中合并，CRM 中尚未合并' },
  'merged-in-crm': {
    en: 'its record carries another contact’s id: merged in the CRM by hand, or a shared number',
    zh: '对应记录带有另一个联系人的 id：可能已在 CRM 中手工合并，或号码共用',
  },
  'id-twice': { en: 'one id on several records', zh: '同一 id 出现在多条记录上' },
  'id-unknown': {
    en: 'a record carries an id that neither file nor ledger knows',
    zh: '记录带有文件和账本都不认识的 id',
  },
  'record-alone': { en: 'a record without id that no contact fits', zh: '没有 id、也没有对应联系人的记录' },
} as const;
export type DriftClass = keyof typeof DRIFT_CLASSES;

export interface DriftRow {
  class: DriftClass;
  contactId?: string;
  recordIds: string[];
  /** Of the contact that it was merged into. */
  survivor?: string;
  /** The event that should have merged it. */
  event?: string;
}

/** A contact that was merged away, by the ledger. */
export interface MergedAway {
  /** Into whom in the end. */
  survivor: string;
  event: string | undefined;
}

/** The rows of a linking plan, read as a report on what is there. Pure. */
export function driftOf(
  rows: readonly LinkRow[],
  records: readonly KeyedRecord[],
  merged: ReadonlyMap<string, MergedAway>,
): DriftRow[] {
  const missing = mergesMissing(records, merged);
  const told = new Set(missing.map(({ contactId }) => contactId));
  const carriers = new Set(records.filter(({ contactIds }) => contactIds.length > 0).map(({ recordId }) => recordId));
  const others = rows.flatMap((row): DriftRow[] => {
    if (row.contactId !== undefined && told.has(row.contactId)) return [];
    const { contactId, recordIds } = row;
    return [{ class: classOf(row, carriers), recordIds, ...(contactId !== undefined && { contactId }) }];
  });
  return [...missing, ...others];
}

/** A record that still carries the id of a contact which 尘锋 has merged into another. */
function mergesMissing(records: readonly KeyedRecord[], merged: ReadonlyMap<string, MergedAway>): DriftRow[] {
  return records.flatMap(({ recordId, contactIds }) =>
    contactIds.flatMap((contactId): DriftRow[] => {
      const away = merged.get(contactId);
      // A CRM whose merges keep the losers' ids has both on one record.
      if (!away || contactIds.includes(away.survivor)) return [];
      const { survivor, event } = away;
      return [
        { class: 'merge-missing', contactId, recordIds: [recordId], survivor, ...(event !== undefined && { event }) },
      ];
    }),
  );
}

function classOf({ class: kind, reason, recordIds }: LinkRow, carriers: ReadonlySet<string>): DriftClass {
  if (kind === 'linked' || kind === 'merged-before') return 'linked';
  if (kind === 'matched') return 'unlinked';
  if (kind === 'missing-in-crm' || kind === 'unusable') return 'not-in-crm';
  if (reason === 'id-on-several-records') return 'id-twice';
  if (reason === 'id-not-in-file') return 'id-unknown';
  if (reason === 'record-without-contact') return 'record-alone';
  return recordIds.length === 1 && carriers.has(recordIds[0] ?? '') ? 'merged-in-crm' : 'unclear';
}
