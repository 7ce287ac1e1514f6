import type { Json } from '../json.ts';
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

/** A tenant's payloads, each under its content's digest (SHA-256, hex): writing one again changes nothing. */
export interface Payloads {
  /** @returns undefined when it has expired, or was never kept. */
  read(digest: string): Promise<Payload | undefined>;
  /** @param expiresAt milliseconds since 1970. */
  keep(digest: string, payload: Payload, expiresAt: number): Promise<void>;
}

export function createPayloads(documents: TenantDocuments): Payloads {
  const keyOf = (digest: string) => ({ kind: 'payload', id: digest });
  return {
    read: async (digest) => (await documents.get<Payload>(keyOf(digest)))?.value,
    async keep(digest, payload, expiresAt) {
      await documents.put(keyOf(digest), payload, { expected: 0, expiresAt });
    },
  };
}
