import type { TenantDocuments } from './tenant-documents.ts';

/** One call at the CRM and what came of it. Codes and ids only. */
export interface JournalEntry {
  plan: number;
  step: number;
  attempt: number;
  call: string;
  /** Milliseconds since 1970. */
  at: number;
  answeredAt: number;
  outcome: string;
  code?: string;
}

/** The calls of a tenant's events (promise 8). */
export interface Journal {
  /**
   * An entry is written once under its own place: writing it again (a repeated put) changes nothing.
   * @param expiresAt milliseconds since 1970.
   */
  write(eventId: string, entry: JournalEntry, expiresAt: number): Promise<void>;
  /** @returns the event's calls in the order they were made. */
  read(eventId: string): Promise<JournalEntry[]>;
}

export function createJournal(documents: TenantDocuments): Journal {
  const keyOf = (eventId: string) => ({ kind: 'journal', id: eventId });
  return {
    async write(eventId, entry, expiresAt) {
      const place = [entry.plan, entry.step, entry.attempt].map((n) => String(n).padStart(4, '0'));
      const sort = [...place, entry.call, String(entry.at)].join('.');
      await documents.put({ ...keyOf(eventId), sort }, entry, { expected: 0, expiresAt });
    },
    async read(eventId) {
      const entries = await documents.all<JournalEntry>(keyOf(eventId));
      return entries.map(({ value }) => value).sort((a, b) => a.at - b.at);
    },
  };
}
