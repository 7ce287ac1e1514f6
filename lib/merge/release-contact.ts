import { inParallel } from '../in-parallel.ts';
import type { Contact } from '../ledger/contacts.ts';
import type { Stored } from '../ports.ts';
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
  let turn: Turn | undefined;
  for (;;) {
    const left = leave(known.value);
    if (!left) break;
    if (known.value.waiting && !turn) turn = await takeTurn(claimed, id, known, left);
    if (await contacts.write(id, withWaiting(left, waitingAfter(known.value, turn)), known.version)) break;
    known = await contacts.read(id);
  }
  await wake(claimed, turn?.events ?? []);
}

/** The events whose turn it is, and how many had entered the list by then. */
interface Turn {
  events: string[];
  left: boolean;
  entered: number | undefined;
}

async function takeTurn(
  { ledger }: ClaimedEvent,
  id: string,
  { value }: Stored<Contact>,
  left: Contact,
): Promise<Turn> {
  const isMergedAway = left.mergedInto !== undefined;
  const taken = await ledger.waiting.take(id, isMergedAway ? Number.MAX_SAFE_INTEGER : 1);
  return { ...taken, entered: value.waiting };
}

/** Nothing once the list is empty, unless another event has entered it since. */
function waitingAfter({ waiting }: Contact, turn: Turn | undefined): number | undefined {
  return turn && !turn.left && turn.entered === waiting ? undefined : waiting;
}

function withWaiting({ waiting: _waiting, ...contact }: Contact, waiting: number | undefined): Contact {
  return { ...contact, ...(waiting !== undefined && { waiting }) };
}

/** Should this fail, reconcile wakes them later. */
async function wake({ deps, ledger }: ClaimedEvent, eventIds: string[]): Promise<void> {
  await inParallel(eventIds, (eventId) => deps.queue.send({ tenant: ledger.tenant, eventId }));
}
