import type { Listed, ListRange, Stored } from '../ports.ts';
import type { EventRecord } from './event-record.ts';
import type { EventList } from './event-states.ts';
import type { TenantDocuments } from './tenant-documents.ts';
import type { Moved } from './transitions.ts';

/** A tenant's event records. Every write is a move of the transition table. */
export interface EventRecords {
  read(eventId: string): Promise<Stored<EventRecord> | undefined>;
  /**
   * Writes a moved record if no other writer came since `expected` (0: none is there yet), and keeps it in its list.
   * @returns false, and nothing changed, where another writer was first.
   */
  save(moved: Moved, expected: number): Promise<boolean>;
  /** Read, move, write, until no other writer came between. `move` may answer undefined: leave it as it is. */
  update(eventId: string, move: (record: EventRecord) => Moved | undefined): Promise<Stored<EventRecord> | undefined>;
  /** As `read`, for many, in the order of the ids. */
  readMany(eventIds: string[]): Promise<(Stored<EventRecord> | undefined)[]>;
  /**
   * Events in a list: open ones under the time reconcile looks at them, all others under the time they came. May lag
   * behind writes.
   */
  listed(list: EventList, range: ListRange): Promise<Listed[]>;
}

export function createEventRecords(documents: TenantDocuments): EventRecords {
  const keyOf = (eventId: string) => ({ kind: 'event', id: eventId });
  const records: EventRecords = {
    read: (eventId) => documents.get<EventRecord>(keyOf(eventId)),
    readMany: (eventIds) => documents.getMany<EventRecord>(eventIds.map(keyOf)),
    save: ({ record, listed }, expected) => documents.put(keyOf(record.eventId), record, { expected, listed }),
    listed: (list, range) => documents.listed(list, range),
    async update(eventId, move) {
      for (;;) {
        const stored = await records.read(eventId);
        const next = stored && move(stored.value);
        if (!stored || !next) return stored;
        if (await records.save(next, stored.version)) return { value: next.record, version: stored.version + 1 };
      }
    },
  };
  return records;
}
