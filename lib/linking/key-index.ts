import type { KeyName, Keys } from './keys.ts';

/** Who has a value of a key: on each side, by value. A value that too many have is not there at all. */
export interface KeyIndex<T> {
  /** All that have one of these values of the key, each once. */
  of(key: KeyName, values: readonly string[]): T[];
}

export interface Keyed<T> {
  /** Two items of one owner count once. */
  owner: T;
  keys: Keys;
}

/** value → owners, for one key. */
export type Owners<T> = Map<string, Set<T>>;

export function ownersOf<T>(items: readonly Keyed<T>[], key: KeyName): Owners<T> {
  const owners: Owners<T> = new Map();
  for (const { owner, keys } of items)
    for (const value of keys[key] ?? []) {
      const known = owners.get(value);
      if (known) known.add(owner);
      else owners.set(value, new Set([owner]));
    }
  return owners;
}

export function createKeyIndex<T>(byKey: ReadonlyMap<KeyName, Owners<T>>): KeyIndex<T> {
  return {
    of(key, values) {
      const owners = byKey.get(key);
      return [...new Set(values.flatMap((value) => [...(owners?.get(value) ?? [])]))];
    },
  };
}
