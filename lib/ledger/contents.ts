import type { Json } from '../json.ts';
import type { Stored } from '../ports.ts';
import type { TenantDocuments } from './tenant-documents.ts';

/** What intake keeps of an event: the sender's words, less the fields the tenant leaves out. */
export interface Payload {
  event: string;
  action: string;
  /** The decrypted body; a text where it was not JSON. */
  body: Json;
  /** When it was signed, or received where nothing is signed; milliseconds since 1970. */
  sentAt: number;
}

/** A content, under its digest: which event it is, and what it says. */
export interface Content {
  /** The first copy of a content gives it its event id. */
  eventId: string;
  /** Left out of what this service has no use for: it may be personal data. */
  payload?: Payload;
  /** The payload was erased by an operator, and does not come back with a further copy. */
  erased?: true;
}

/**
 * Which event a content is: the same content under another outer id is the same event (promise 3). Kept as long as the
 * payload: by then no signature of it is accepted any more. Digests are SHA-256, hex.
 */
export interface Contents {
  /**
   * @param expiresAt milliseconds since 1970.
   * @returns false, and nothing changed, where a copy of the content was there before.
   */
  claim(digest: string, content: Content, expiresAt: number): Promise<boolean>;
  /** @returns undefined when it has expired, or was never kept. */
  read(digest: string): Promise<Content | undefined>;
  /** Adds the payload to a content that was kept without one. */
  addPayload(digest: string, payload: Payload, expiresAt: number): Promise<void>;
  /** Takes the payload off for good; which event the content is stays known without end. Safe to repeat. */
  erase(digest: string): Promise<void>;
}

export function createContents(documents: TenantDocuments): Contents {
  const keyOf = (digest: string) => ({ kind: 'content', id: digest });
  const find = (digest: string): Promise<Stored<Content> | undefined> => documents.get<Content>(keyOf(digest));
  return {
    claim: (digest, content, expiresAt) => documents.put(keyOf(digest), content, { expected: 0, expiresAt }),
    read: async (digest) => (await find(digest))?.value,
    async addPayload(digest, payload, expiresAt) {
      for (;;) {
        const found = await find(digest);
        if (!found || found.value.payload || found.value.erased) return;
        const how = { expected: found.version, expiresAt };
        if (await documents.put(keyOf(digest), { ...found.value, payload }, how)) return;
      }
    },
    async erase(digest) {
      for (;;) {
        const found = await find(digest);
        if (!found?.value.payload) return documents.purge(keyOf(digest));
        const left: Content = { eventId: found.value.eventId, erased: true };
        await documents.put(keyOf(digest), left, { expected: found.version });
      }
    },
  };
}
