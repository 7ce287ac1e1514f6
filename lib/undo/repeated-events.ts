import { inParallel } from '../in-parallel.ts';
import type { Contact, Contacts } from '../ledger/contacts.ts';
import { type EventRecord, hasReason, listOfRecord } from '../ledger/event-record.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readRecords } from '../ledger/read-records.ts';
import { loadEvent } from '../merge/load-event.ts';
import { followAliases } from '../merge/plan/resolve-aliases.ts';

/** A merge as its undo sees it. */
export interface Separation {
  eventId: string;
  survivor: string;
  losers: string[];
}

/** Ids of the events that found their contacts joined by this merge, or by one before it. */
export const repeatsOf = ({ repeats = [] }: Contact, eventId: string): string[] =>
  repeats.filter(({ after }) => after === eventId).map(({ event }) => event);

/** What becomes of repeated events once the merge is taken back. */
export interface Placed {
  /** What they say is not so any more: they name contacts of both sides, or the reverse of what holds then. */
  torn: EventRecord[];
  /** All of their contacts are still one: ids by the contact that those are then. */
  whole: Map<string, string[]>;
}

/** Gives the same before and after the aliases are cut. Reads only. @param ids as `repeatsOf` the survivor gives them. */
export async function placeRepeats(ledger: Ledger, separation: Separation, ids: string[]): Promise<Placed> {
  const apart = asSeparated(ledger.contacts, separation);
  const placed: Placed = { torn: [], whole: new Map() };
  const rooted = async (record: EventRecord) => ({ record, root: await rootIn(ledger, apart, record) });
  for (const { record, root } of await inParallel(await readRecords(ledger, ids), rooted))
    if (root === undefined) placed.torn.push(record);
    else placed.whole.set(root, [...(placed.whole.get(root) ?? []), record.eventId]);
  return placed;
}

export const isUnderWay = (record: EventRecord): boolean => listOfRecord(record) === 'open';

/** Parked for an undo: it changes nothing before an operator has said so. */
export const isSetAside = (record: EventRecord): boolean => hasReason(record, 'undone-by-operator');

/** The one contact that all of an event's are. One whose content is not kept any more may have named both sides. */
async function rootIn(
  ledger: Ledger,
  apart: Pick<Contacts, 'readMany'>,
  record: EventRecord,
): Promise<string | undefined> {
  const loaded = await loadEvent(ledger, record);
  if (!('event' in loaded)) return undefined;
  const { survivorId, loserIds } = loaded.event;
  const { roots } = await followAliases(apart, [survivorId, ...loserIds]);
  const [root = survivorId, ...others] = new Set(roots.values());
  // A loser that all the others are part of: the event said the reverse of what holds then.
  return others.length > 0 || loserIds.includes(root) ? undefined : root;
}

/** The contacts as they are without the merge. */
function asSeparated(contacts: Contacts, { eventId, survivor, losers }: Separation): Pick<Contacts, 'readMany'> {
  const without = (id: string, contact: Contact): Contact => {
    if (id === survivor) return { ...contact, undone: [...(contact.undone ?? []), MARK] };
    if (!losers.includes(id) || contact.mergedBy !== eventId) return contact;
    const { mergedInto: _into, parent: _parent, ...rest } = contact;
    return rest;
  };
  return {
    readMany: async (ids) =>
      new Map(
        [...(await contacts.readMany(ids))].map(([id, { value, version }]) => [
          id,
          { value: without(id, value), version },
        ]),
      ),
  };
}

/** Ways to a marked contact are walked as the events named them. */
const MARK = { with: '', event: '', by: '', at: 0 };
