import type { Keys } from './keys.ts';

/** A contact of an export: one id, whatever the number of its rows. */
export interface ExportedContact {
  /** Letter by letter as in the file: ids that differ in case or width are different ids. */
  contactId: string;
  /** Lines of the file that name it. */
  lines: number[];
  keys: Keys;
}

/** A record of the CRM with its keys in the spelling of the export's. */
export interface KeyedRecord {
  recordId: string;
  /** Every contact id that it carries; usually none or one. */
  contactIds: string[];
  keys: Keys;
}
