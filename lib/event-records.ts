import type { EventRecord, EventState } from './event.ts';
import type { DocumentKey, Documents, Stored } from './ports.ts';

/** Where an event's record is kept. */
export function eventKey(tenant: string, eventId: string): DocumentKey {
  return { tenant, kind: 'event', id: eventId };
}

/** Where a payload is kept: by its ciphertext's digest, so that rewriting it changes nothing. */
export function payloadKey(tenant: string, digest: string): DocumentKey {
  return { tenant, kind: 'payload', id: digest };
}

/** The list an open event stands in, and since when (or from when) somebody should look: `open` is reconcile's. */
export type EventList = 'open' | 'held' | 'parked';

export function readRecord(events: Documents, tenant: string, eventId: string) {
  return events.get<EventRecord>(eventKey(tenant, eventId));
}

/**
 * Writes an event's record if nobody else did since `expected`, and keeps it in the list its state belongs to.
 * @param dueAt milliseconds since 1970: when reconcile should look if nothing has moved by then.
 */
export function saveRecord(
  events: Documents,
  tenant: string,
  record: EventRecord,
  save: { expected: number; dueAt: number },
): Promise<boolean> {
  const list = listOf(record.state);
  const at = list === 'open' ? save.dueAt : record.receivedAt;
  return events.put(eventKey(tenant, record.eventId), record, {
    expected: save.expected,
    ...(list && { listed: { list, at } }),
  });
}

function listOf(state: EventState): EventList | undefined {
  if (state === 'held' || state === 'parked') return state;
  return isFinal(state) ? undefined : 'open';
}

export function isFinal(state: EventState): boolean {
  return state === 'applied' || state === 'ignored' || state === 'skipped';
}

/** Read, change, write, until no other writer came between. `change` may answer undefined: leave it as it is. */
export async function updateRecord(
  events: Documents,
  tenant: string,
  eventId: string,
  change: (record: EventRecord) => { record: EventRecord; dueAt: number } | undefined,
): Promise<Stored<EventRecord> | undefined> {
  for (;;) {
    const stored = await readRecord(events, tenant, eventId);
    const changed = stored && change(stored.value);
    if (!stored || !changed) return stored;
    if (await saveRecord(events, tenant, changed.record, { expected: stored.version, dueAt: changed.dueAt }))
      return { value: changed.record, version: stored.version + 1 };
  }
}
