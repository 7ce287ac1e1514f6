import type { DocumentKey, Documents } from '../../lib/ports.ts';

/** Documents with nothing in them yet, and the clock they go by. */
export interface DocumentsWorld {
  documents: Documents;
  /** Milliseconds since 1970, whole seconds; the suite moves it. */
  clock: { now: number };
  /** Names that no other test uses. */
  tenant: string;
  otherTenant: string;
  /** How many items the store holds for a document, its parts included; left out where a document is one thing. */
  itemsOf?(key: DocumentKey): Promise<number>;
}

export type OpenDocuments = () => Promise<DocumentsWorld>;

export const keyOf = (world: DocumentsWorld, id = 'one', more: Partial<DocumentKey> = {}): DocumentKey => ({
  tenant: world.tenant,
  kind: 'thing',
  id,
  ...more,
});
