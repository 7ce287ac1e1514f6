import type { EventRecord, Progress } from '../../lib/ledger/event-record.ts';
import { listOf } from '../../lib/ledger/event-states.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import type { DocumentKey, Documents } from '../../lib/ports.ts';

/** Every field that an event's record has in some state: what a test may look at in any. */
export type AnyRecord = EventRecord & { progress?: Progress; behind?: string; resumeAt?: number };

/** Where an event's record is kept. */
export const eventKey = (tenant: string, eventId: string): DocumentKey => ({ tenant, kind: 'event', id: eventId });

/** Where a content is kept: by its digest. */
export const contentKey = (tenant: string, digest: string): DocumentKey => ({ tenant, kind: 'content', id: digest });

export const readRecord = (events: Documents, tenant: string, eventId: string) =>
  createEventLedger(events, tenant).events.read(eventId);

/** Writes a record as it is, past the transition table: the state that a test begins with. */
export function writeRecord(
  events: Documents,
  tenant: string,
  record: EventRecord,
  { expected, dueAt }: { expected: number; dueAt: number },
): Promise<boolean> {
  const list = listOf(record.state);
  const at = list === 'open' ? dueAt : record.receivedAt;
  return events.put(eventKey(tenant, record.eventId), record, { expected, listed: { list, at } });
}
