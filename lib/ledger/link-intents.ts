import type { TenantDocuments } from './tenant-documents.ts';

/** What is about to write, or has written, an id on a record. */
export interface LinkIntent {
  /** The event; of `link --apply` the plan, as `plan:DIGEST`. */
  eventId: string;
  contactId: string;
  recordId: string;
}

/**
 * Intents of writing an id on a record, stored before the call. As long as one is there no other event writes on the
 * record, and after a crash the event knows that an id it finds there is its own.
 */
export interface LinkIntents {
  /** @returns false where another event has the record. @param at now, milliseconds since 1970. */
  take(intent: LinkIntent, at: number): Promise<boolean>;
  /** The same for the record alone: of a plan of many ids, its journal says what it wrote. */
  takeRecord(intent: LinkIntent, at: number): Promise<boolean>;
  /** What an event is about to write; the last one. */
  of(eventId: string): Promise<LinkIntent | undefined>;
}

/** So long a write that was not answered may still arrive, and no other event writes on the record. */
const INTENT_MS = 15 * 60_000;

export function createLinkIntents(documents: TenantDocuments): LinkIntents {
  const recordKey = (recordId: string) => ({ kind: 'link-record', id: recordId });
  const eventKey = (eventId: string) => ({ kind: 'link-event', id: eventId });
  async function takeRecord(intent: LinkIntent, at: number): Promise<boolean> {
    const record = await documents.get<LinkIntent>(recordKey(intent.recordId));
    if (record && record.value.eventId !== intent.eventId) return false;
    return documents.put(recordKey(intent.recordId), intent, {
      expected: record?.version ?? 0,
      expiresAt: at + INTENT_MS,
    });
  }
  return {
    takeRecord,
    async take(intent, at) {
      const event = await documents.get<LinkIntent>(eventKey(intent.eventId));
      const how = { expected: event?.version ?? 0, expiresAt: at + INTENT_MS };
      return (await documents.put(eventKey(intent.eventId), intent, how)) && takeRecord(intent, at);
    },
    of: async (eventId) => (await documents.get<LinkIntent>(eventKey(eventId)))?.value,
  };
}
