import { inParallel } from '../in-parallel.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { followAliases } from '../merge/plan/resolve-aliases.ts';

/** All contacts that are one person by now. */
export interface Person {
  survivor: string;
  /** The survivor first, then level by level those that were merged into it. */
  contacts: string[];
}

/** Whom a contact has become part of, and all that have, too. A contact the ledger does not know is a person of its own. */
export async function personOf({ contacts }: Pick<Ledger, 'contacts'>, contactId: string): Promise<Person> {
  const { roots } = await followAliases(contacts, [contactId]);
  const survivor = roots.get(contactId) ?? contactId;
  const found = new Set([survivor]);
  for (let level = [survivor]; level.length > 0; ) {
    const lists = await inParallel(level, (id) => contacts.losers(id, Number.MAX_SAFE_INTEGER));
    level = [...new Set(lists.flat().map(({ id }) => id))].filter((id) => !found.has(id));
    for (const id of level) found.add(id);
  }
  // The list of losers lags behind: the way that was walked is known for certain.
  found.add(contactId);
  return { survivor, contacts: [...found] };
}
