import type { TenantDocuments } from './tenant-documents.ts';

/** What is known of 尘锋's side: the last export whose keys were remembered. */
export interface KeyBase {
  /** Part of every hash of a value. */
  salt: string;
  /** Left out: none was, or an event since was not remembered. */
  remembered?: RememberedExport;
}

export interface RememberedExport {
  /** Milliseconds since 1970. */
  at: number;
  contacts: number;
  /** Those that were remembered of each contact. */
  keys: string[];
  /** Where numbers without a country code were at home. */
  country: string;
}

/**
 * Which contacts have been seen with a value of a key, in exports and events: one event cannot say by itself whether its
 * number is another contact's, too. Values are there as salted hashes only. A contact that once had a value keeps it here:
 * that can keep a link from being made, never cause one.
 */
export interface KnownKeys {
  /** @param newSalt unguessable; used where there is no base yet. */
  base(newSalt: () => string): Promise<KeyBase>;
  /** From now on the keys of 尘锋's contacts are known, as of an export. */
  setBase(facts: Required<KeyBase>): Promise<void>;
  /** A contact went by and was not remembered: until the next export others may have its number, and nothing is unique. */
  forgetExport(): Promise<void>;
  /** Adds a contact to each of the hashes. Safe to repeat. */
  remember(contactId: string, seals: string[]): Promise<void>;
  /** The contacts that were seen with each of the hashes, in the order of the hashes; with UNNAMED where there are more. */
  owners(seals: string[]): Promise<string[][]>;
}

/** A value that so many contacts have is no key: further ones are not added, UNNAMED stands for them. */
const MAX_OWNERS = 50;

/** Half a character: no contact has such an id. */
export const UNNAMED = '\ud800';
const BASE = { kind: 'key-base', id: 'base' };

export function createKnownKeys(documents: TenantDocuments): KnownKeys {
  const keyOf = (seal: string) => ({ kind: 'key-owners', id: seal });
  const readBase = () => documents.get<KeyBase>(BASE);
  async function base(newSalt: () => string): Promise<KeyBase> {
    for (;;) {
      const found = await readBase();
      if (found) return found.value;
      await documents.put(BASE, { salt: newSalt() }, { expected: 0 });
    }
  }
  async function add(contactId: string, seal: string): Promise<void> {
    for (;;) {
      const { value, version } = (await documents.get<string[]>(keyOf(seal))) ?? { value: [], version: 0 };
      if (value.includes(contactId) || value.length >= MAX_OWNERS) return;
      if (await documents.put(keyOf(seal), [...value, contactId], { expected: version })) return;
    }
  }
  return {
    base,
    async setBase(facts) {
      for (;;) {
        const expected = (await readBase())?.version ?? 0;
        if (await documents.put(BASE, facts, { expected })) return;
      }
    },
    async forgetExport() {
      for (;;) {
        const found = await readBase();
        if (found?.value.remembered === undefined) return;
        if (await documents.put(BASE, { salt: found.value.salt }, { expected: found.version })) return;
      }
    },
    async remember(contactId, seals) {
      for (const seal of seals) await add(contactId, seal);
    },
    async owners(seals) {
      if (seals.length === 0) return [];
      return (await documents.getMany<string[]>(seals.map(keyOf))).map((found) => withUnnamed(found?.value ?? []));
    },
  };
}

const withUnnamed = (owners: string[]) => (owners.length < MAX_OWNERS ? owners : [...owners, UNNAMED]);
