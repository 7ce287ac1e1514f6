import { inParallel } from '../in-parallel.ts';
import { type Contact, type ContactLock, unlocked } from '../ledger/contacts.ts';
import { type EventRecord, progressOf } from '../ledger/event-record.ts';
import { transition } from '../ledger/transitions.ts';
import type { Stored } from '../ports.ts';
import type { ClaimedEvent } from './claimed-event.ts';
import { resolveAll } from './plan/resolve-aliases.ts';
import { releaseContact } from './release-contact.ts';

/** Each named contact's present self, fixed for as long as the locks last; or the event in the way. */
export type Locked = { roots: Map<string, string> } | { behind: string; contact: string };

/**
 * Locks every contact the event is about: of each named contact its present self, which stands for all that were merged
 * into it. No event waits while it has a lock, so none can wait in a circle: if one contact is locked by another event,
 * all are unlocked and the event tries again later.
 */
export async function lockContacts(claimed: ClaimedEvent, named: string[]): Promise<Locked> {
  for (;;) {
    const { roots, seen } = await resolveAll(claimed.ledger.contacts, named);
    const missing = [...new Set(roots.values())].filter((id) => !claimed.contacts.has(id)).sort();
    const answers = await inParallel(missing, (id) => lock(claimed, id, seen.get(id) as Stored<Contact>));
    const inTheWay = answers.find((answer) => answer.end === 'held');
    if (inTheWay) {
      await unlockContacts(claimed);
      return { behind: inTheWay.by, contact: inTheWay.contact };
    }
    // A lock is written on the version that was read, so the contact is still the one that all its aliases lead to.
    if (answers.every(({ end }) => end === 'locked')) return { roots };
  }
}

/** Unlocks contacts that this worker has locked, before its plan was started: a worker has a new id with each claim. */
export async function unlockContacts(claimed: ClaimedEvent): Promise<void> {
  const mine = lockOf(claimed);
  await inParallel([...claimed.contacts.keys()], (id) =>
    releaseContact(claimed, id, (contact) =>
      contact.lockedBy?.worker === mine.worker ? unlocked(contact) : undefined,
    ),
  );
  claimed.contacts.clear();
}

/**
 * Enters the waiting list of a contact that another event has locked, before all others where its turn had come once.
 * The list is written before the contact is read, and the event that leaves unlocks the contact before it reads the
 * list: one of the two sees the other. Only the first in the list has to mark the contact.
 * @returns false where the contact was unlocked meanwhile: it is this event's turn already.
 */
export async function enterWaitingList({ deps, ledger, record }: ClaimedEvent, contactId: string): Promise<boolean> {
  const at = (record.turns ?? 0) > 0 ? 0 : deps.now();
  await ledger.waiting.enter(contactId, { eventId: record.eventId, at });
  const isLocked = ({ lockedBy }: Contact) => lockedBy !== undefined && lockedBy.event !== record.eventId;
  const contact = await ledger.contacts.update(contactId, (found) =>
    isLocked(found) && !found.waiting ? { ...found, waiting: true } : undefined,
  );
  if (isLocked(contact)) return true;
  await ledger.waiting.leave(contactId, record.eventId);
  return false;
}

/** The lock is for the plan that the event makes next. */
const lockOf = ({ record }: ClaimedEvent): ContactLock => ({
  event: record.eventId,
  worker: record.worker.id,
  plan: record.plan + 1,
});

type LockAnswer = { end: 'locked' } | { end: 'held'; by: string; contact: string } | { end: 'changed' };

/** Locks a contact as it was read; `changed` where another writer came since. */
async function lock(claimed: ClaimedEvent, id: string, { value, version }: Stored<Contact>): Promise<LockAnswer> {
  const mine = lockOf(claimed);
  const holder = value.lockedBy;
  // An earlier worker of this event can write no more: the event's record stops it.
  if (holder && holder.event !== mine.event && !(await mayEvict(claimed, holder)))
    return { end: 'held', by: holder.event, contact: id };
  const locked = { ...value, lockedBy: mine };
  if (!(await claimed.ledger.contacts.write(id, locked, version))) return { end: 'changed' };
  claimed.contacts.set(id, { value: locked, version: version + 1 });
  return { end: 'locked' };
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
