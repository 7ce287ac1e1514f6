import { inParallel } from '../in-parallel.ts';
import type { Contact } from '../ledger/contacts.ts';
import type { ClaimedEvent } from './claimed-event.ts';

/** How a contact is left: `undefined` where it is not this event's to change any more. */
export type Leaving = (contact: Contact) => Contact | undefined;

/**
 * Writes a contact as an event leaves it, unlocked, and wakes the event whose turn it is next. A contact that was merged
 * away is never locked again: all that wait for it are woken, and find its survivor.
 */
export async function releaseContact(claimed: ClaimedEvent, id: string, leave: Leaving): Promise<void> {
  const { contacts } = claimed.ledger;
  let known = claimed.contacts.get(id) ?? (await contacts.read(id));
  for (;;) {
    const left = leave(known.value);
    if (!left) return;
    const waiting = known.value.waiting;
    if (await contacts.write(id, waiting ? { ...left, waiting } : left, known.version)) {
      if (waiting) await wakeNext(claimed, id, left, known.version + 1);
      return;
    }
    known = await contacts.read(id);
  }
}

/**
 * After the contact was written: an event that enters the list from now on finds it unlocked, or locked by another event
 * that sees the mark. The mark is taken off only where that is still the last write. Should this fail with its process,
 * reconcile wakes the events later.
 */
async function wakeNext(claimed: ClaimedEvent, id: string, left: Contact, version: number): Promise<void> {
  const { deps, ledger } = claimed;
  const count = left.mergedInto === undefined ? 1 : Number.MAX_SAFE_INTEGER;
  for (;;) {
    const turn = await ledger.waiting.take(id, count);
    const isTaken = turn.left && (await isAnyWaiting(claimed, turn.events));
    await inParallel(turn.events, (eventId) => deps.queue.send({ tenant: ledger.tenant, eventId }));
    if (!turn.left) await ledger.contacts.write(id, unmarked(left), version);
    if (!turn.left || isTaken) return;
  }
}

/** An event that went on by another message has left its place behind: that must not use up the turn of the next one. */
async function isAnyWaiting({ ledger }: ClaimedEvent, eventIds: string[]): Promise<boolean> {
  const records = await ledger.events.readMany(eventIds);
  return records.some((record) => record?.value.state === 'waiting' && record.value.behind !== undefined);
}

function unmarked({ waiting: _waiting, ...contact }: Contact): Contact {
  return contact;
}
