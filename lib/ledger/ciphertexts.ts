import { StoreError } from '../errors.ts';
import type { TenantDocuments } from './tenant-documents.ts';

/** Which event a ciphertext is: the same ciphertext under another outer id is the same event (promise 3). */
export interface Ciphertexts {
  /**
   * The first copy of a ciphertext gives it its event id, for ever.
   * @param digest SHA-256 of the ciphertext, hex.
   * @returns the id under which it is known.
   */
  claim(digest: string, eventId: string): Promise<string>;
}

export function createCiphertexts(documents: TenantDocuments): Ciphertexts {
  return {
    async claim(digest, eventId) {
      const key = { kind: 'ciphertext', id: digest };
      if (await documents.put(key, { eventId }, { expected: 0 })) return eventId;
      const claim = await documents.get<{ eventId: string }>(key);
      if (!claim) throw new StoreError('a ciphertext is said to be known and cannot be read');
      return claim.value.eventId;
    },
  };
}
