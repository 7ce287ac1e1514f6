import { inParallel } from '../in-parallel.ts';
import { updateContact } from '../ledger/contacts.ts';
import type { Plan } from '../ledger/plans.ts';
import type { Work } from './claim.ts';
import { advanceClocks } from './plan/choose-fields.ts';

/**
 * Tells the ledger what is now true, and lets go of the contacts with the same writes: first the losers, who lead to
 * the survivor from then on, then the survivor. Safe to repeat: who is no longer held has been told already.
 */
export async function finishPlan(work: Work, plan: Plan, written: boolean): Promise<void> {
  const { survivor, absorbed } = plan.identities;
  await inParallel(absorbed, (loser) => becomeAlias(work, loser, survivor));
  const recordId = written ? work.record.progress?.survivorRecord : undefined;
  await updateContact(work.ledger, work.tenant, survivor, (contact) => {
    if (!isHeld(work, contact.heldBy)) return undefined;
    const { heldBy: _heldBy, ...free } = contact;
    const step = { fields: plan.chosen, restated: plan.restated, written };
    const clocks = advanceClocks(contact.clocks ?? {}, { eventId: work.eventId, triggeredAt: plan.triggeredAt }, step);
    return { ...free, clocks, ...(recordId !== undefined && { recordId }) };
  });
}

/**
 * Gives a plan up half-way: what was merged stays known, the rest is let go unchanged. The survivor's clocks stay as
 * they were, for its fields were not written.
 */
export async function abandonPlan(work: Work, plan: Plan): Promise<void> {
  const { survivor, absorbed } = plan.identities;
  const done = plan.steps.slice(0, work.record.progress?.step ?? 0);
  const merged = new Set(done.flatMap((step) => (step.kind === 'merge' ? step.contacts : [])));
  await inParallel(absorbed, (loser) => (merged.has(loser) ? becomeAlias(work, loser, survivor) : letGo(work, loser)));
  await letGo(work, survivor);
}

type Hold = { event: string; plan: number };

const isHeld = (work: Work, hold: Hold | undefined) => hold?.event === work.eventId && hold.plan === work.record.plan;

function becomeAlias(work: Work, loser: string, survivor: string) {
  return updateContact(work.ledger, work.tenant, loser, ({ heldBy }) =>
    isHeld(work, heldBy) ? { mergedInto: survivor, mergedBy: work.eventId } : undefined,
  );
}

function letGo(work: Work, contactId: string) {
  return updateContact(work.ledger, work.tenant, contactId, (contact) => {
    if (!isHeld(work, contact.heldBy)) return undefined;
    const { heldBy: _heldBy, ...free } = contact;
    return free;
  });
}
