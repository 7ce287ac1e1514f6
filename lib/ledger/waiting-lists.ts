import type { TenantDocuments } from './tenant-documents.ts';

/** The events that wait for a contact, in the order of their turns. */
export interface WaitingLists {
  /**
   * Enters an event, unless it is in the list already.
   * @param isNext before all others: its turn had come once before.
   */
  enter(contactId: string, eventId: string, isNext: boolean): Promise<void>;
  /** Takes the first `count` events off the list. @returns them, and whether others are left. */
  take(contactId: string, count: number): Promise<{ events: string[]; left: boolean }>;
}

type List = string[];

export function createWaitingLists(documents: TenantDocuments): WaitingLists {
  const keyOf = (contactId: string) => ({ kind: 'waiting', id: contactId });
  const read = async (contactId: string) => (await documents.get<List>(keyOf(contactId))) ?? { value: [], version: 0 };
  return {
    async enter(contactId, eventId, isNext) {
      for (;;) {
        const { value, version } = await read(contactId);
        if (value.includes(eventId)) return;
        const list = isNext ? [eventId, ...value] : [...value, eventId];
        if (await documents.put(keyOf(contactId), list, { expected: version })) return;
      }
    },
    async take(contactId, count) {
      for (;;) {
        const { value, version } = await read(contactId);
        const [events, rest] = [value.slice(0, count), value.slice(count)];
        if (events.length === 0) return { events, left: false };
        if (await documents.put(keyOf(contactId), rest, { expected: version }))
          return { events, left: rest.length > 0 };
      }
    },
  };
}
