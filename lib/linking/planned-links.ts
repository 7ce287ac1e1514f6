import { type PlannedLink, sealOf } from './link-plan.ts';
import type { LinkRow } from './match.ts';
import type { ExportedContact, KeyedRecord } from './two-sides.ts';

interface Sides {
  contacts: readonly ExportedContact[];
  records: readonly KeyedRecord[];
  /** Of the plan: its values are hashed with it. */
  salt: string;
}

/** The ids that a plan's rows write, each with the values that have to be there still when it is written. */
export function plannedLinks(rows: readonly LinkRow[], { contacts, records, salt }: Sides): PlannedLink[] {
  const contactKeys = new Map(contacts.map(({ contactId, keys }) => [contactId, keys]));
  const recordKeys = new Map(records.map(({ recordId, keys }) => [recordId, keys]));
  return rows.flatMap(({ writes, contactId = '', key = '', recordIds: [record = ''] }) => {
    if (writes === undefined) return [];
    const theirs = recordKeys.get(record)?.[key] ?? [];
    const common = (contactKeys.get(contactId)?.[key] ?? []).filter((value) => theirs.includes(value));
    return [{ contact: writes, record, key, seals: common.map((value) => sealOf(salt, key, value)) }];
  });
}
