import { inParallel } from '../../in-parallel.ts';
import type { EventRecord } from '../../ledger/event-record.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { readRecords } from '../../ledger/read-records.ts';
import { loadEvent } from '../../merge/load-event.ts';
import { MAX_OPEN } from './newest-first.ts';

const MAX_LOSERS = 5_000;
const MAX_WAITING = 500;

/**
 * Events about a contact: those that merged it, merged others into it or decided its fields, and of those that are not
 * over every one that names it. A later event that found nothing left to do is not known under the contact.
 */
export async function eventsOfContact(ledger: Ledger, contactId: string): Promise<EventRecord[]> {
  const [known, waiting] = await Promise.all([knownEvents(ledger, contactId), waitingEvents(ledger, contactId)]);
  const records = await readRecords(ledger, [...known]);
  return [...new Map([...records, ...waiting].map((record) => [record.eventId, record])).values()];
}

async function knownEvents(ledger: Ledger, contactId: string): Promise<Set<string>> {
  const [{ value }, losers] = await Promise.all([
    ledger.contacts.read(contactId),
    ledger.contacts.losers(contactId, MAX_LOSERS),
  ]);
  const contacts = await ledger.contacts.readMany(losers.map(({ id }) => id));
  const merging = [value, ...[...contacts.values()].map((loser) => loser.value)].map(({ mergedBy }) => mergedBy);
  const deciding = Object.values(value.clocks ?? {}).map(({ eventId }) => eventId);
  return new Set([...merging, ...deciding, value.lockedBy?.event].filter((id) => id !== undefined));
}

async function waitingEvents(ledger: Ledger, contactId: string): Promise<EventRecord[]> {
  const range = { before: Number.MAX_SAFE_INTEGER, limit: Math.min(MAX_WAITING, MAX_OPEN), newestFirst: true };
  const lists = await inParallel(['open', 'held', 'parked'] as const, (list) => ledger.events.listed(list, range));
  const records = await readRecords(
    ledger,
    lists.flat().map(({ id }) => id),
  );
  const named = await inParallel(records, (record) => names(ledger, record, contactId));
  return records.filter((_, index) => named[index]);
}

async function names(ledger: Ledger, record: EventRecord, contactId: string): Promise<boolean> {
  if (record.kind !== 'merge') return false;
  const loaded = await loadEvent(ledger, record);
  if (!('event' in loaded)) return false;
  return loaded.event.survivorId === contactId || loaded.event.loserIds.includes(contactId);
}
