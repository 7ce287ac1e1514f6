import { hash } from 'node:crypto';
import type { Stored } from '../ports.ts';
import type { TenantDocuments } from './tenant-documents.ts';

/** The events that wait for a contact, in the order of their turns. */
export interface WaitingLists {
  /** Enters an event, unless it is in the list already. */
  enter(contactId: string, entry: Entry): Promise<void>;
  /** Takes an event off the list, if it is there. */
  leave(contactId: string, eventId: string): Promise<void>;
  /** Takes the first `count` events off the list. @returns them, and whether others are left. */
  take(contactId: string, count: number): Promise<{ events: string[]; left: boolean }>;
}

/** A place in the list. */
export interface Entry {
  eventId: string;
  /** Milliseconds since 1970; 0 puts it before all others. The oldest is taken first. */
  at: number;
}

type Part = Stored<Entry[]>;

// Hundreds may enter at once, and each document takes one writer at a time; to take one, all parts are read together.
const PARTS = [...'0123456789abcdef'];
const partOf = (eventId: string) => hash('sha256', eventId, 'hex').slice(0, 1);

export function createWaitingLists(documents: TenantDocuments): WaitingLists {
  const keyOf = (contactId: string, part: string) => ({ kind: 'waiting', id: contactId, sort: part });
  const write = (contactId: string, part: string, entries: Entry[], expected: number) =>
    documents.put(keyOf(contactId, part), entries, { expected });

  async function readAll(contactId: string): Promise<Map<string, Part>> {
    const found = await documents.getMany<Entry[]>(PARTS.map((part) => keyOf(contactId, part)));
    return new Map(PARTS.map((part, index) => [part, found[index] ?? { value: [], version: 0 }]));
  }

  /** @returns the events of `taken` that were still there. */
  async function takeFrom(contactId: string, [part, { value, version }]: [string, Part], taken: Set<string>) {
    const [events, rest] = split(value, taken);
    if (events.length === 0) return [];
    return (await write(contactId, part, rest, version)) ? events : undefined;
  }

  /** @param change of the part that an event is in; undefined leaves it as it is. */
  async function update(contactId: string, eventId: string, change: (entries: Entry[]) => Entry[] | undefined) {
    const part = partOf(eventId);
    for (;;) {
      const { value, version } = (await documents.get<Entry[]>(keyOf(contactId, part))) ?? { value: [], version: 0 };
      const changed = change(value);
      if (!changed || (await write(contactId, part, changed, version))) return;
    }
  }

  return {
    enter: (contactId, entry) =>
      update(contactId, entry.eventId, (entries) => (isIn(entries, entry.eventId) ? undefined : [...entries, entry])),
    leave: (contactId, eventId) =>
      update(contactId, eventId, (entries) => (isIn(entries, eventId) ? without(entries, eventId) : undefined)),
    async take(contactId, count) {
      const events: Entry[] = [];
      for (;;) {
        const parts = await readAll(contactId);
        const all = inOrder([...parts.values()].flatMap(({ value }) => value));
        const taken = new Set(all.slice(0, count - events.length).map(({ eventId }) => eventId));
        const answers = await Promise.all([...parts].map((one) => takeFrom(contactId, one, taken)));
        events.push(...answers.flatMap((answer) => answer ?? []));
        if (answers.every((answer) => answer !== undefined))
          return { events: inOrder(events).map(({ eventId }) => eventId), left: all.length > taken.size };
      }
    },
  };
}

const isIn = (entries: Entry[], id: string) => entries.some(({ eventId }) => eventId === id);
const without = (entries: Entry[], id: string) => entries.filter(({ eventId }) => eventId !== id);
const inOrder = (entries: Entry[]) => [...entries].sort((a, b) => a.at - b.at);

/** Those that are taken, and the others. */
function split(entries: Entry[], taken: Set<string>): [Entry[], Entry[]] {
  return [entries.filter(({ eventId }) => taken.has(eventId)), entries.filter(({ eventId }) => !taken.has(eventId))];
}
