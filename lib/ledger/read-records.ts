import { batchesOf } from '../batches.ts';
import { inParallel } from '../in-parallel.ts';
import type { EventRecord } from './event-record.ts';
import type { EventLedger } from './ledger.ts';

/** What one request to the store reads at most. */
export const RECORDS_AT_ONCE = 100;

/** The records of these events, in the order of the ids. Unknown ones are left out. */
export async function readRecords(ledger: EventLedger, ids: string[]): Promise<EventRecord[]> {
  const found = await inParallel(batchesOf(ids, RECORDS_AT_ONCE), (batch) => ledger.events.readMany(batch));
  return found.flat().flatMap((stored) => (stored ? [stored.value] : []));
}
