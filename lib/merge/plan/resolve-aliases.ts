import { inParallel } from '../../in-parallel.ts';
import type { Contact, Contacts } from '../../ledger/contacts.ts';
import type { Stored } from '../../ports.ts';

type Reading = Pick<Contacts, 'readMany'>;

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
  const { ways, ...resolved } = await followAliases(contacts, ids);
  await shorten(contacts, ways, resolved.seen);
  return resolved;
}

/** The same without a write. `ways`: for each id itself, then whom it became, to the one that is still there. */
export async function followAliases(contacts: Reading, ids: string[]): Promise<Resolved & { ways: string[][] }> {
  const seen = new Map<string, Stored<Contact>>();
  for (let next = [...new Set(ids)]; next.length > 0; ) {
    const found = await contacts.readMany(next);
    for (const [id, contact] of found) seen.set(id, contact);
    next = targetsOf(found).filter((id) => !seen.has(id));
  }
  const ways = await withoutSeparated(
    contacts,
    ids.map((id) => wayFrom(id, seen)),
    seen,
  );
  return { roots: new Map(ids.map((id, index) => [id, ways[index]?.at(-1) ?? id])), seen, ways };
}

function targetsOf(found: Resolved['seen']): string[] {
  return [...new Set([...found.values()].flatMap(({ value }) => value.mergedInto ?? []))];
}

/**
 * A shortened alias may lead past a contact that an undo has separated from the one at its end: where that one says so,
 * the way is walked again as the events named it.
 */
async function withoutSeparated(contacts: Reading, ways: string[][], seen: Resolved['seen']): Promise<string[][]> {
  const isSeparated = (way: string[]) => way.length > 1 && isMarked(seen, way);
  if (!ways.some(isSeparated)) return ways;
  const walked: string[][] = [];
  for (const way of ways) walked.push(isSeparated(way) ? await namedWay(contacts, way[0] as string, seen) : way);
  return walked;
}

const isMarked = (seen: Resolved['seen'], way: string[]): boolean =>
  (seen.get(way.at(-1) ?? '')?.value.undone ?? []).length > 0;

async function namedWay(contacts: Reading, id: string, seen: Resolved['seen']): Promise<string[]> {
  const way = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && !way.has(at); ) {
    if (!seen.has(at)) for (const [one, contact] of await contacts.readMany([at])) seen.set(one, contact);
    way.add(at);
    const { parent, mergedInto }: Contact = seen.get(at)?.value ?? {};
    at = mergedInto === undefined ? undefined : (parent ?? mergedInto);
  }
  return [...way];
}

/** Ends at a contact that it has passed, should the ledger ever hold a circle. */
function wayFrom(id: string, seen: Resolved['seen']): string[] {
  const way = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && !way.has(at); at = seen.get(at)?.value.mergedInto)
    way.add(at);
  return [...way];
}

// Only an undo takes an alias back, and marks the contact at its end: a way to a marked contact is not shortened, and one
// that was is walked as it was named. Another writer has shortened it too: then nothing is left to do.
async function shorten(contacts: Contacts, ways: string[][], seen: Resolved['seen']): Promise<void> {
  const lasting = ways.filter((way) => !isMarked(seen, way));
  const direct = new Map(lasting.flatMap((way) => way.slice(0, -2).map((id) => [id, way.at(-1) ?? id] as const)));
  await inParallel([...direct], async ([id, root]) => {
    const known = seen.get(id);
    if (known) await contacts.write(id, shortened(known.value, root), known.version);
  });
}

/** Leads to `root` at once, and still says whom it was merged into. */
function shortened(contact: Contact, root: string): Contact {
  const parent = contact.parent ?? contact.mergedInto;
  return { ...contact, mergedInto: root, ...(parent !== undefined && { parent }) };
}
