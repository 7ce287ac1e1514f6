import { inParallel } from '../in-parallel.ts';
import { type Contact, type Hold, updateContact } from '../ledger/contacts.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import { isFinal, readRecord, saveRecord } from '../ledger/event-record.ts';
import type { Work } from './claim.ts';
import { resolveAll } from './plan/resolve-aliases.ts';

export type Held = { roots: Map<string, string> } | { behind: string };

/**
 * Takes hold of everybody the event is about: of each named contact's present self, which stands for all that were
 * merged into it. Nobody waits while holding something, so nobody can wait in a circle: if one contact is taken, all
 * are let go and the event tries again later.
 * @returns who each named contact is now, fixed for as long as the hold lasts; or the event in the way.
 */
export async function holdContacts(work: Work, named: string[]): Promise<Held> {
  const held = new Set<string>();
  for (;;) {
    const roots = await resolveAll(work.ledger, work.tenant, named);
    const missing = [...new Set(roots.values())].filter((id) => !held.has(id)).sort();
    if (missing.length === 0) return { roots };
    const holders = await inParallel(missing, (id) => hold(work, id));
    const inTheWay = holders.find((holder) => holder !== work.eventId);
    for (const id of missing) held.add(id);
    if (inTheWay === undefined) continue;
    await releaseContacts(work, [...held]);
    return { behind: inTheWay };
  }
}

/** This worker's hold. A hold left by an earlier worker of the same event is not ours until it is taken anew. */
const holdOf = (work: Work): Hold => ({
  event: work.eventId,
  worker: work.record.worker?.id ?? '',
  plan: work.record.plan + 1,
});

const same = (a: Hold | undefined, b: Hold) => a?.event === b.event && a.worker === b.worker && a.plan === b.plan;

/** @returns the event that holds the contact afterwards. */
async function hold(work: Work, contactId: string): Promise<string> {
  const mine = holdOf(work);
  for (;;) {
    const contact = await updateContact(work.ledger, work.tenant, contactId, (found) =>
      found.heldBy === undefined || (found.heldBy.event === mine.event && !same(found.heldBy, mine))
        ? { ...found, heldBy: mine }
        : undefined,
    );
    const holder = contact.heldBy ?? mine;
    if (same(holder, mine) || !(await mayEvict(work, holder))) return holder.event;
    await release(work, contactId, holder);
  }
}

/**
 * Whether a hold has lost its right: its event is finished, or its worker is gone and had not begun to act. An event
 * with a plan under way keeps its contacts.
 */
async function mayEvict(work: Work, holder: Hold): Promise<boolean> {
  const stored = await readRecord(work.events, work.tenant, holder.event);
  if (!stored) return true;
  const record = stored.value;
  if (record.progress) return false;
  if (record.worker?.id !== holder.worker || !isOpen(record)) return true;
  return record.worker.until <= work.now() && dismiss(work, record, stored.version);
}

const isOpen = (record: EventRecord) => !isFinal(record.state) && record.state !== 'held' && record.state !== 'parked';

/** Writing its event's record stops a worker that was only slow: its next write fails on the version. */
function dismiss(work: Work, { worker: _worker, ...record }: EventRecord, version: number): Promise<boolean> {
  const dueAt = work.now() + work.timing.graceMs;
  return saveRecord(work.events, work.tenant, { ...record, state: 'queued' }, { expected: version, dueAt });
}

/** Lets go of contacts this worker holds, before it has begun to act. */
export async function releaseContacts(work: Work, contactIds: string[]): Promise<void> {
  await inParallel(contactIds, (id) => release(work, id, holdOf(work)));
}

function release(work: Work, contactId: string, holder: Hold): Promise<Contact> {
  return updateContact(work.ledger, work.tenant, contactId, (contact) => {
    if (!same(contact.heldBy, holder)) return undefined;
    const { heldBy: _heldBy, ...free } = contact;
    return free;
  });
}
