import type { Finding } from '../../crm/finding.ts';
import { createLinkableCrm } from '../../crm/registry.ts';
import { CrmError } from '../../errors.ts';
import { scanRecords } from '../../linking/scan-records.ts';
import type { KeyedRecord } from '../../linking/two-sides.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { createProgress } from './progress.ts';
import { partsOf, patienceOf } from './tenant-settings.ts';

const CHECK = 'coverage';

/** How many records carry a 尘锋 id, and ids that stand on more than one: every record's id is read. @throws ConfigError */
export async function examineCoverage(tenant: string, settings: unknown, io: Io): Promise<Finding[]> {
  const patience = patienceOf(io);
  const crm = await createLinkableCrm(tenant, settings, { ...partsOf(io), ledger: undefined });
  if (!crm) return [{ check: CHECK, ok: true, advice: 'a CRM of this kind knows by itself who its contacts are' }];
  const progress = createProgress(io, { what: 'reading records' });
  try {
    const how = { properties: {}, country: 'CN' as const, ...patience, onPage: progress.show };
    return coverageOf((await scanRecords(crm, how)).records);
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    return [{ check: CHECK, ok: false, advice: error.message }];
  } finally {
    progress.end();
  }
}

const ORDER = 'the order is: fill (merge-sync link), observe mode, coverage, live; see docs/linking.md';

function coverageOf(records: readonly KeyedRecord[]): Finding[] {
  const carrying = records.filter(({ contactIds }) => contactIds.length > 0).length;
  const none = carrying === 0 && records.length > 0;
  const advice = `${carrying} of ${records.length} records carry an id${none ? `: ${ORDER}` : ''}`;
  return [{ check: CHECK, ok: true, advice, ...(none && { warning: true as const }) }, ...duplicatesIn(records)];
}

const MAX_NAMED = 5;

function duplicatesIn(records: readonly KeyedRecord[]): Finding[] {
  const carriers = new Map<string, number>();
  for (const { contactIds } of records) for (const id of contactIds) carriers.set(id, (carriers.get(id) ?? 0) + 1);
  const twice = [...carriers].filter(([, count]) => count > 1).map(([id]) => printableId(id));
  if (twice.length === 0) return [];
  const named = `${twice.slice(0, MAX_NAMED).join(', ')}${twice.length > MAX_NAMED ? ' …' : ''}`;
  const advice = `${twice.length} ids stand on more than one record (${named}): leave each on the right one, events about it are parked`;
  return [{ check: 'duplicates', ok: false, advice }];
}
