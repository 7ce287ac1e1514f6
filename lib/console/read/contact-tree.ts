import { inParallel } from '../../in-parallel.ts';
import type { Contact } from '../../ledger/contacts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { followAliases } from '../../merge/plan/resolve-aliases.ts';

/** A contact in its merge tree, and those that were merged into it. */
export interface TreeContact {
  id: string;
  /** The event that merged it away, and when (milliseconds since 1970; 0: not kept). */
  mergedBy?: string;
  mergedAt?: number;
  losers: TreeContact[];
  /** Losers that are not shown: the picture has an end. */
  hidden: number;
}

export interface ContactTree {
  /** From the contact that was asked for to the one it is now. */
  way: string[];
  /** The contact that was asked for, and the one that is still there. */
  asked: Contact;
  survivor: Contact;
  root: TreeContact;
  shown: number;
  isCut: boolean;
  /** The ledger has heard of the contact. */
  isKnown: boolean;
}

const MAX_SHOWN = 1_000;
const MAX_LISTED = 20_000;

interface TreeOptions {
  /** Of the tree, where it is not the contact's present self: a branch that was opened. */
  top?: string;
  /** So many contacts are shown, 1 000 if left out; each branch says how many more it has. */
  most?: number;
}

/** Who a contact is now, and all that have become part of it, level by level. */
export async function readContactTree(
  ledger: Ledger,
  contactId: string,
  { top, most = MAX_SHOWN }: TreeOptions = {},
): Promise<ContactTree> {
  const { ways, seen, roots } = await followAliases(ledger.contacts, [contactId]);
  const survivor = roots.get(contactId) ?? contactId;
  const root: TreeContact = { id: top ?? survivor, losers: [], hidden: 0 };
  const shown = await grow(ledger, root, most);
  return {
    way: await namedWay(ledger, contactId, ways[0] ?? [contactId]),
    asked: seen.get(contactId)?.value ?? {},
    survivor: seen.get(survivor)?.value ?? {},
    root,
    shown,
    isCut: isCut(root),
    isKnown: (seen.get(contactId)?.version ?? 0) > 0 || root.losers.length > 0,
  };
}

const isCut = ({ hidden, losers }: TreeContact): boolean => hidden > 0 || losers.some(isCut);

/** As the events named each survivor: the ledger itself leads to the last one at once. */
async function namedWay(ledger: Ledger, contactId: string, short: string[]): Promise<string[]> {
  const way = [contactId];
  for (let at = contactId; way.length < MAX_SHOWN; ) {
    const { parent, mergedInto = parent } = (await ledger.contacts.read(at)).value;
    const next = parent ?? mergedInto;
    if (next === undefined || way.includes(next)) break;
    way.push(next);
    at = next;
  }
  return way.at(-1) === short.at(-1) ? way : short;
}

/** @returns how many contacts the tree has then. */
async function grow(ledger: Ledger, root: TreeContact, most: number): Promise<number> {
  const seen = new Set([root.id]);
  for (let level = [root]; level.length > 0; ) {
    const lists = await inParallel(level, ({ id }) => ledger.contacts.losers(id, MAX_LISTED));
    level = level.flatMap((parent, index) => {
      const losers = (lists[index] ?? []).filter(({ id }) => !seen.has(id));
      const room = losers.slice(0, Math.max(0, most - seen.size));
      for (const { id } of room) seen.add(id);
      parent.hidden = losers.length - room.length;
      parent.losers = room.map(({ id, at }) => ({ id, mergedAt: at, losers: [], hidden: 0 }));
      return parent.losers;
    });
    await nameEvents(ledger, level);
  }
  return seen.size;
}

async function nameEvents(ledger: Ledger, level: TreeContact[]): Promise<void> {
  const contacts = await ledger.contacts.readMany(level.map(({ id }) => id));
  for (const contact of level) {
    const by = contacts.get(contact.id)?.value.mergedBy;
    if (by !== undefined) contact.mergedBy = by;
  }
}
