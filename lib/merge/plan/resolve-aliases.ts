import { inParallel } from '../../in-parallel.ts';
import type { Contact, Contacts } from '../../ledger/contacts.ts';
import type { Stored } from '../../ports.ts';

/** Who contacts are now, and every contact that was read to find out. */
export interface Resolved {
  /** For each id the contact it is now. */
  roots: Map<string, string>;
  seen: Map<string, Stored<Contact>>;
}

/**
 * Follows the aliases to the contacts that are still there, all at once, a link of the chains at a time; and shortens the
 * ways it walked, so that the next look-up of any of them takes two reads however long the chain was.
 */
export async function resolveAll(contacts: Contacts, ids: string[]): Promise<Resolved> {
  const seen = new Map<string, Stored<Contact>>();
  for (let next = [...new Set(ids)]; next.length > 0; next = unseenTargets(seen))
    for (const [id, contact] of await contacts.readMany(next)) seen.set(id, contact);
  const ways = ids.map((id) => wayFrom(id, seen));
  await shorten(contacts, ways, seen);
  return { roots: new Map(ids.map((id, index) => [id, ways[index]?.at(-1) ?? id])), seen };
}

function unseenTargets(seen: Resolved['seen']): string[] {
  const targets = [...seen.values()].flatMap(({ value }) => value.mergedInto ?? []);
  return [...new Set(targets)].filter((id) => !seen.has(id));
}

/** The contact itself, then whom it became, to the one that is still there. */
function wayFrom(id: string, seen: Resolved['seen']): string[] {
  const way = [id];
  for (let at = seen.get(id)?.value.mergedInto; at !== undefined; at = seen.get(at)?.value.mergedInto) way.push(at);
  return way;
}

// Aliases are never taken back, so a shorter way stays true for ever, whichever event works on these contacts meanwhile.
// Another writer has shortened it too: then nothing is left to do.
async function shorten(contacts: Contacts, ways: string[][], seen: Resolved['seen']): Promise<void> {
  const direct = new Map(ways.flatMap((way) => way.slice(0, -2).map((id) => [id, way.at(-1) ?? id] as const)));
  await inParallel([...direct], async ([id, root]) => {
    const known = seen.get(id);
    if (known) await contacts.write(id, { ...known.value, mergedInto: root }, known.version);
  });
}
