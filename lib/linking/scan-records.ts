import type { LinkableCrm, LinkRecord } from '../ports.ts';
import { type Country, type KeyName, type Keys, keyValues } from './keys.ts';
import { type Patience, patiently } from './patience.ts';
import type { KeyedRecord } from './two-sides.ts';

/** Which properties of a record hold each key; what they hold is brought into the spelling of the export's keys. */
export interface KeyProperties {
  properties: Readonly<Record<KeyName, string[]>>;
  country: Country;
}

export interface ScanOptions extends KeyProperties, Patience {
  /** Called after each page with the number of records so far. */
  onPage?(records: number): void;
}

/** Every record of the CRM, read once, a page after the other. @throws CrmError */
export async function scanRecords(
  crm: LinkableCrm,
  options: ScanOptions,
): Promise<{ records: KeyedRecord[]; pages: number }> {
  const properties = propertyNames(options);
  const records = new Map<string, KeyedRecord>();
  let pages = 0;
  for (let after: string | undefined; pages === 0 || after !== undefined; pages++) {
    const from = after;
    const page = await patiently(options, () => crm.scan(properties, from));
    for (const record of page.records) records.set(record.recordId, toKeyed(record, options));
    options.onPage?.(records.size);
    after = page.after;
  }
  return { records: [...records.values()], pages };
}

export const propertyNames = ({ properties }: Pick<KeyProperties, 'properties'>): string[] => [
  ...new Set(Object.values(properties).flat()),
];

export const toKeyed = (record: LinkRecord, options: KeyProperties): KeyedRecord => ({
  recordId: record.recordId,
  contactIds: record.contactIds,
  keys: keysOf(record, options),
});

export function keysOf({ values }: Pick<LinkRecord, 'values'>, { properties, country }: KeyProperties): Keys {
  const keys = Object.entries(properties).map(([key, names]) => {
    const texts = names.flatMap((name) => values[name] ?? []);
    return [key, keyValues(key, texts, country)] as const;
  });
  return Object.fromEntries(keys.filter(([, found]) => found.length > 0));
}
