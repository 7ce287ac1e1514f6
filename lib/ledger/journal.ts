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

/** What an event's record says of its calls. */
export interface CalledEvent {
  eventId: string;
  /** The latest ones. */
  calls?: JournalEntry[];
  /** Earlier ones stand in documents of their own. */
  callsMoved?: boolean;
}

/** As many calls stand in the event's record; a longer story is moved into documents of its own. */
export const MAX_CALLS_IN_RECORD = 24;

/** The calls of a tenant's events (promise 8): the latest in the event's record, earlier ones of a long story here. */
export interface Journal {
  /**
   * Moves calls out of an event's record. Moving the same again changes nothing.
   * @param expiresAt milliseconds since 1970.
   */
  keep(eventId: string, entries: JournalEntry[], expiresAt: number): Promise<void>;
  /** @returns the event's calls in the order they were made. */
  read(event: CalledEvent): Promise<JournalEntry[]>;
}

export function createJournal(documents: TenantDocuments): Journal {
  const keyOf = (eventId: string) => ({ kind: 'journal', id: eventId });
  return {
    async keep(eventId, entries, expiresAt) {
      const [first, last] = [entries[0], entries.at(-1)];
      if (!first || !last) return;
      const sort = [first.at, placeOf(first), last.at, placeOf(last)].join('.');
      await documents.put({ ...keyOf(eventId), sort }, entries, { expected: 0, expiresAt });
    },
    async read({ eventId, calls = [], callsMoved }) {
      const moved = callsMoved ? await documents.all<JournalEntry[]>(keyOf(eventId)) : [];
      const all = [...moved.flatMap(({ value }) => value), ...calls];
      // A worker that died between moving its calls and saying so has left them in both places.
      const distinct = new Map(all.map((entry) => [`${entry.at}.${placeOf(entry)}`, entry]));
      return [...distinct.values()].sort((a, b) => a.at - b.at);
    },
  };
}

const placeOf = ({ plan, step, attempt, call }: JournalEntry) =>
  [...[plan, step, attempt].map((number) => String(number).padStart(6, '0')), call].join('.');
