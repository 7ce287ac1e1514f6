import type { TenantDocuments } from './tenant-documents.ts';

/** In which hours a key pair that has an end was used. */
export interface KeyUses {
  /** @param hour its first millisecond since 1970. Safe to repeat. */
  note(pairId: string, hour: number, expiresAt: number): Promise<void>;
  /** The first millisecond of the last hour in which a callback came under the pair. */
  last(pairId: string): Promise<number | undefined>;
}

export function createKeyUses(documents: TenantDocuments): KeyUses {
  const keyOf = (pairId: string) => ({ kind: 'key-use', id: pairId });
  return {
    note: async (pairId, hour, expiresAt) => {
      const sort = new Date(hour).toISOString();
      await documents.put({ ...keyOf(pairId), sort }, {}, { expected: 0, expiresAt });
    },
    last: async (pairId) => {
      const last = (await documents.all(keyOf(pairId))).at(-1)?.sort;
      return last === undefined ? undefined : Date.parse(last);
    },
  };
}
