import {
  type Contact,
  type ContactLock,
  type FieldClock,
  type FieldClocks,
  type RepeatedMerge,
  type UndoneMerge,
  unlocked,
} from '../ledger/contacts.ts';
import { type EventRecord, hasReason } from '../ledger/event-record.ts';
import { isFinal } from '../ledger/event-states.ts';
import { transition } from '../ledger/transitions.ts';
import type { UndoPlan } from '../ledger/undo-plans.ts';
import { type ClaimedEvent, move, progressIn, saveProgress } from '../merge/claimed-event.ts';
import { publishOutcome } from '../merge/publish-outcome.ts';
import { releaseContact } from '../merge/release-contact.ts';
import { type Placed, placeRepeats, repeatsOf } from './repeated-events.ts';

/**
 * Tells the ledger that a merge was taken back: the losers are themselves again, and both sides remember the undo. Each
 * loser is locked with the write that cuts its alias, and unlocked after the survivor; so what comes in between waits,
 * and a repeat after a crash finds where it stopped. Events that joined the same contacts again are parked, as those are
 * that come later. Systems downstream are told at last. @throws StoreError, LeaseLost
 */
export async function closeUndo(claimed: ClaimedEvent, plan: UndoPlan): Promise<void> {
  const progress = progressIn(claimed);
  if (!progress.isClosing) await saveProgress(claimed, { ...progress, sent: false, isClosing: true });
  const { ledger, record, deps } = claimed;
  const survivor = (await ledger.contacts.read(plan.survivor)).value;
  const { eventId } = record;
  if (survivor.lockedBy?.event === eventId) {
    const placed = await placeRepeats(ledger, { ...plan, eventId }, repeatsOf(survivor, eventId));
    for (const loser of plan.losers) await cutAlias(claimed, plan, placed, { loser, lockedBy: survivor.lockedBy });
    for (const { eventId: torn } of placed.torn) await setAside(claimed, torn);
    await releaseContact(claimed, plan.survivor, (contact) => separated(claimed, plan, placed, contact));
  }
  for (const loser of plan.losers) await releaseContact(claimed, loser, (contact) => freed(claimed, contact));
  const { survivor: survivorId, losers: loserIds } = plan;
  await publishOutcome(claimed, { state: 'undone', survivorId, loserIds });
  const { returned, kept } = progress;
  const what = { ...(returned && { returned }), ...(kept && { kept }) };
  const undone = { at: deps.now(), by: plan.by, plan: plan.number, ...what };
  await move(claimed, { on: 'undone', reason: 'undone', undone });
}

const markOf = ({ record }: ClaimedEvent, plan: UndoPlan, other: string): UndoneMerge => ({
  ...{ with: other, event: record.eventId, by: plan.by, at: plan.madeAt },
});

/** Only the alias that this event made. */
async function cutAlias(
  claimed: ClaimedEvent,
  plan: UndoPlan,
  placed: Placed,
  { loser, lockedBy }: { loser: string; lockedBy: ContactLock },
): Promise<void> {
  const { eventId } = claimed.record;
  const recordId = progressIn(claimed).returned?.[loser];
  await claimed.ledger.contacts.update(loser, (contact) => {
    if (contact.mergedInto === undefined || contact.mergedBy !== eventId) return undefined;
    const own = contact.asSurvivor ?? {};
    const undone = [...(own.undone ?? []), markOf(claimed, plan, plan.survivor)];
    const repeats = [...(own.repeats ?? []), ...repeatsAfter(own.latestMerge, placed.whole.get(loser))];
    return { ...own, ...waitingOf(contact), repeats, undone, lockedBy, ...(recordId !== undefined && { recordId }) };
  });
}

const waitingOf = ({ waiting }: Contact): Pick<Contact, 'waiting'> => (waiting ? { waiting } : {});

/** Events whose contacts are still one were joined by the merge before. */
const repeatsAfter = (after: string | undefined, events: string[] = []): RepeatedMerge[] =>
  after === undefined ? [] : events.map((event) => ({ event, after }));

async function setAside({ ledger, deps }: ClaimedEvent, eventId: string): Promise<void> {
  const clock = { now: deps.now(), timing: deps.timing };
  let isParked = false;
  await ledger.events.update(eventId, (found) => {
    isParked = mayBeSetAside(found);
    return isParked ? transition(found, SET_ASIDE, clock) : undefined;
  });
  const { reason } = SET_ASIDE;
  if (isParked)
    deps.log.warn('event state changed', { tenant: ledger.tenant, eventId, state: 'parked', reason, metric: 'parked' });
}

const SET_ASIDE = { on: 'set-aside', reason: 'undone-by-operator' } as const;

/** One that was taken back itself says nothing any more; one that is on its way is parked by its worker. */
const mayBeSetAside = (record: EventRecord) =>
  isFinal(record.state) && record.state !== 'ignored' && !record.erased && !hasReason(record, 'undone');

/**
 * What the undone event said of the survivor governs nothing any more: its fields have the clocks they had, where nothing
 * newer came since. Of what it restated for earlier events, those say again that it was not written.
 */
function clocksWithout(eventId: string, clocks: FieldClocks, before: FieldClocks): FieldClocks {
  const earlier = new Map(Object.entries(before));
  const entries = Object.entries(clocks).map(([key, clock]): [string, FieldClock | undefined] => {
    const had = earlier.get(key);
    return [key, clock.eventId === eventId || clock.eventId === had?.eventId ? had : clock];
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, FieldClock] => entry[1] !== undefined));
}

function separated(claimed: ClaimedEvent, plan: UndoPlan, { whole }: Placed, contact: Contact): Contact | undefined {
  const { eventId } = claimed.record;
  if (contact.lockedBy?.event !== eventId) return undefined;
  const { latestMerge: _latest, ...rest } = unlocked(contact);
  const { earlierMerge, survivor } = plan;
  const others = (rest.repeats ?? []).filter(({ after }) => after !== eventId);
  const repeats = [...others, ...repeatsAfter(earlierMerge, whole.get(survivor))];
  const clocks = clocksWithout(eventId, rest.clocks ?? {}, plan.clocksBefore ?? {});
  const marks = plan.losers.map((loser) => markOf(claimed, plan, loser));
  return {
    ...rest,
    ...(earlierMerge !== undefined && { latestMerge: earlierMerge }),
    repeats,
    clocks,
    undone: [...(rest.undone ?? []), ...marks],
  };
}

const freed = ({ record }: ClaimedEvent, contact: Contact): Contact | undefined =>
  contact.lockedBy?.event === record.eventId && contact.mergedInto === undefined ? unlocked(contact) : undefined;
