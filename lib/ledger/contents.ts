import { StoreError } from '../errors.ts';
import type { TenantDocuments } from './tenant-documents.ts';

/** Which event a content is: the same content under another outer id is the same event (promise 3). */
export interface Contents {
  /**
   * The first copy of a content gives it its event id, for ever.
   * @param digest SHA-256 of the content, hex.
   * @returns false where it has an id already.
   */
  claim(digest: string, eventId: string): Promise<boolean>;
  /** The id that a claimed content has. @throws StoreError */
  idOf(digest: string): Promise<string>;
}

export function createContents(documents: TenantDocuments): Contents {
  const keyOf = (digest: string) => ({ kind: 'content', id: digest });
  return {
    claim: (digest, eventId) => documents.put(keyOf(digest), { eventId }, { expected: 0 }),
    async idOf(digest) {
      const claim = await documents.get<{ eventId: string }>(keyOf(digest));
      if (!claim) throw new StoreError('a content is said to be known and cannot be read');
      return claim.value.eventId;
    },
  };
}
