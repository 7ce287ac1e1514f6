import { inParallel } from '../in-parallel.ts';
import { type Contact, unlocked } from '../ledger/contacts.ts';
import type { Plan } from '../ledger/plans.ts';
import type { ClaimedEvent } from './claimed-event.ts';
import { advanceClocks } from './plan/choose-fields.ts';

/**
 * Writes what is now true into the ledger, and unlocks the contacts with the same writes: first the losers, who lead to
 * the survivor from then on, then the survivor. Safe to repeat: a contact that is no longer locked was written already.
 */
export async function closePlan(claimed: ClaimedEvent, plan: Plan, written: boolean): Promise<void> {
  const { survivor, absorbed } = plan.identities;
  const { eventId, progress } = claimed.record;
  await inParallel(absorbed, (loser) => becomeAlias(claimed, loser, survivor));
  const recordId = written ? progress?.survivorRecord : undefined;
  await updateLocked(claimed, survivor, (contact) => {
    const step = { fields: plan.chosen, restated: plan.restated, written };
    const clocks = advanceClocks(contact.clocks ?? {}, { eventId, triggeredAt: plan.triggeredAt }, step);
    return { ...unlocked(contact), clocks, ...(recordId !== undefined && { recordId }) };
  });
}

/**
 * Gives a plan up half-way: what was merged stays known, the rest is unlocked unchanged. The survivor's clocks stay as
 * they were, for its fields were not written.
 */
export async function abandonPlan(claimed: ClaimedEvent, plan: Plan): Promise<void> {
  const { survivor, absorbed } = plan.identities;
  const done = plan.steps.slice(0, claimed.record.progress?.step ?? 0);
  const merged = new Set(done.flatMap((step) => (step.kind === 'merge' ? step.contacts : [])));
  await inParallel(absorbed, (loser) =>
    merged.has(loser) ? becomeAlias(claimed, loser, survivor) : updateLocked(claimed, loser, unlocked),
  );
  await updateLocked(claimed, survivor, unlocked);
}

function becomeAlias(claimed: ClaimedEvent, loser: string, survivor: string): Promise<unknown> {
  return updateLocked(claimed, loser, () => ({ mergedInto: survivor, mergedBy: claimed.record.eventId }));
}

/** Changes a contact only while it is locked for this plan. */
function updateLocked(
  { ledger, record }: ClaimedEvent,
  contactId: string,
  change: (contact: Contact) => Contact,
): Promise<unknown> {
  return ledger.contacts.update(contactId, (contact) => {
    const { lockedBy } = contact;
    const isOurs = lockedBy?.event === record.eventId && lockedBy.plan === record.plan;
    return isOurs ? change(contact) : undefined;
  });
}
