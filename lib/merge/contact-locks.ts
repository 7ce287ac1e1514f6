import { inParallel } from '../in-parallel.ts';
import { type Contact, type ContactLock, unlocked } from '../ledger/contacts.ts';
import { type EventRecord, progressOf } from '../ledger/event-record.ts';
import { transition } from '../ledger/transitions.ts';
import type { ClaimedEvent } from './claimed-event.ts';
import { resolveAll } from './plan/resolve-aliases.ts';

/** Each named contact's present self, fixed for as long as the locks last; or the event in the way. */
export type Locked = { roots: Map<string, string> } | { behind: string };

/**
 * Locks every contact the event is about: of each named contact its present self, which stands for all that were merged
 * into it. No event waits while it has a lock, so none can wait in a circle: if one contact is locked by another event,
 * all are unlocked and the event tries again later.
 */
export async function lockContacts(claimed: ClaimedEvent, named: string[]): Promise<Locked> {
  const locked = new Set<string>();
  for (;;) {
    const roots = await resolveAll(claimed.ledger.contacts, named);
    const missing = [...new Set(roots.values())].filter((id) => !locked.has(id)).sort();
    if (missing.length === 0) return { roots };
    const holders = await inParallel(missing, (id) => lock(claimed, id));
    const inTheWay = holders.find((holder) => holder !== claimed.record.eventId);
    for (const id of missing) locked.add(id);
    if (inTheWay === undefined) continue;
    await unlockContacts(claimed, [...locked]);
    return { behind: inTheWay };
  }
}

/** Unlocks contacts that this worker has locked, before its plan was started. */
export async function unlockContacts(claimed: ClaimedEvent, contactIds: string[]): Promise<void> {
  await inParallel(contactIds, (id) => unlock(claimed, id, lockOf(claimed)));
}

/** This worker's lock. A lock left by an earlier worker of the same event is not ours until it is taken anew. */
const lockOf = ({ record }: ClaimedEvent): ContactLock => ({
  event: record.eventId,
  worker: record.worker.id,
  plan: record.plan + 1,
});

const isSame = (a: ContactLock | undefined, b: ContactLock) =>
  a?.event === b.event && a.worker === b.worker && a.plan === b.plan;

/** @returns the event that has the contact locked afterwards. */
async function lock(claimed: ClaimedEvent, contactId: string): Promise<string> {
  const mine = lockOf(claimed);
  const isFree = ({ lockedBy }: Contact) =>
    lockedBy === undefined || (lockedBy.event === mine.event && !isSame(lockedBy, mine));
  for (;;) {
    const contact = await claimed.ledger.contacts.update(contactId, (found) =>
      isFree(found) ? { ...found, lockedBy: mine } : undefined,
    );
    const holder = contact.lockedBy ?? mine;
    if (isSame(holder, mine) || !(await mayEvict(claimed, holder))) return holder.event;
    await unlock(claimed, contactId, holder);
  }
}

/**
 * Whether a lock has lost its right: its event is finished, or its worker's lease has ended before the plan was started.
 * An event with a plan under way keeps its contacts.
 */
async function mayEvict(claimed: ClaimedEvent, holder: ContactLock): Promise<boolean> {
  const stored = await claimed.ledger.events.read(holder.event);
  if (!stored) return true;
  const { value: record, version } = stored;
  if (progressOf(record)) return false;
  if (record.state !== 'working' || record.worker.id !== holder.worker) return true;
  return record.worker.until <= claimed.deps.now() && evict(claimed, record, version);
}

/** Writing its event's record stops a worker that was only slow: its next write fails on the version. */
function evict({ deps, ledger }: ClaimedEvent, record: EventRecord, version: number): Promise<boolean> {
  return ledger.events.save(transition(record, { on: 'evict' }, { now: deps.now(), timing: deps.timing }), version);
}

function unlock({ ledger }: ClaimedEvent, contactId: string, holder: ContactLock): Promise<Contact> {
  return ledger.contacts.update(contactId, (contact) =>
    isSame(contact.lockedBy, holder) ? unlocked(contact) : undefined,
  );
}
