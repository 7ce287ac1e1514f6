import { inParallel } from '../in-parallel.ts';
import { type Contact, MAX_REPEATS, unlocked } from '../ledger/contacts.ts';
import type { Plan } from '../ledger/plans.ts';
import type { ClaimedEvent } from './claimed-event.ts';
import { advanceClocks } from './plan/choose-fields.ts';
import { countMerged } from './plan/volume-limit.ts';
import { releaseContact } from './release-contact.ts';

/**
 * Writes what is now true into the ledger, and unlocks the contacts with the same writes: first the losers, who lead to
 * the survivor from then on, then the survivor. Safe to repeat: a contact that is no longer locked was written already.
 */
export async function closePlan(claimed: ClaimedEvent, plan: Plan, written: boolean): Promise<void> {
  const { survivor, absorbed } = plan.identities;
  const { eventId, progress } = claimed.record;
  const now = claimed.deps.now();
  await readLocked(claimed, plan);
  const marks = marksOf(claimed, [survivor, ...absorbed]);
  await becomeAliases(claimed, plan, absorbed);
  const recordId = written ? progress?.survivorRecord : undefined;
  await updateLocked(claimed, survivor, (contact) => {
    const step = { fields: plan.chosen, restated: plan.restated, written };
    const clocks = advanceClocks(contact.clocks ?? {}, { eventId, triggeredAt: plan.triggeredAt }, step);
    const counted = countMerged(contact, written ? mergedBy(plan) : 0, now);
    const latest = absorbed.length > 0 ? { latestMerge: eventId } : withRepeat(contact, eventId);
    return {
      ...unlocked(contact),
      ...counted,
      ...latest,
      ...marks,
      clocks,
      ...(recordId !== undefined && { recordId }),
    };
  });
}

/** Contacts without a record are merged in the ledger only: they count when a replay merges them in the CRM. */
function mergedBy({ identities, missing }: Plan): number {
  return identities.absorbed.filter((loser) => !missing.includes(loser)).length;
}

/**
 * Gives a plan up half-way: what was merged stays known, the rest is unlocked unchanged. A loser whose record took others
 * in counts as merged: a look-up of those finds its record. The survivor's clocks stay as they were, for its fields were
 * not written.
 */
export async function abandonPlan(claimed: ClaimedEvent, plan: Plan): Promise<void> {
  const { survivor, absorbed } = plan.identities;
  const done = plan.steps.slice(0, claimed.record.progress?.step ?? 0);
  const merged = new Set(done.flatMap((step) => (step.kind === 'merge' ? step.contacts : [])));
  if (merged.size > 0 && plan.heir !== undefined) merged.add(plan.heir);
  await readLocked(claimed, plan);
  const marks = marksOf(claimed, [survivor, ...merged]);
  const [gone, left] = [absorbed.filter((id) => merged.has(id)), absorbed.filter((id) => !merged.has(id))];
  await becomeAliases(claimed, plan, gone);
  await inParallel(left, (loser) => updateLocked(claimed, loser, unlocked));
  const latest = merged.size > 0 && { latestMerge: claimed.record.eventId, ...marks };
  await updateLocked(claimed, survivor, (contact) => ({ ...unlocked(contact), ...latest }));
}

/** Whom an operator has separated a contact from is known of whoever it becomes. */
function marksOf({ contacts }: ClaimedEvent, ids: string[]): Pick<Contact, 'undone'> {
  const all = ids.flatMap((id) => contacts.get(id)?.value.undone ?? []);
  const undone = [...new Map(all.map((mark) => [`${mark.event} ${mark.with}`, mark])).values()];
  return undone.length > 0 ? { undone } : {};
}

/**
 * Whether the plan was closed before: its contacts are unlocked after all its calls, the survivor last. An event with a
 * plan under way keeps its contacts, so nothing else unlocks them.
 */
export async function isClosed(claimed: ClaimedEvent, plan: Plan): Promise<boolean> {
  const { survivor, absorbed } = plan.identities;
  await readLocked(claimed, plan);
  const contact = (id: string): Contact => claimed.contacts.get(id)?.value ?? {};
  if (isOurs(claimed, contact(survivor))) return false;
  return absorbed.every((loser) => contact(loser).mergedBy === claimed.record.eventId);
}

/** The plan's contacts, where an earlier worker locked them. */
async function readLocked({ ledger, contacts }: ClaimedEvent, { identities }: Plan): Promise<void> {
  const missing = [identities.survivor, ...identities.absorbed].filter((id) => !contacts.has(id));
  if (missing.length === 0) return;
  for (const [id, contact] of await ledger.contacts.readMany(missing)) contacts.set(id, contact);
}

/** The losers lead to the survivor from now on, and keep what an undo needs. */
async function becomeAliases(claimed: ClaimedEvent, { identities }: Plan, losers: string[]): Promise<void> {
  const { survivor, namedSurvivor: parent } = identities;
  const { eventId: mergedBy } = claimed.record;
  const mergedAfter = claimed.contacts.get(survivor)?.value.latestMerge;
  const facts = {
    ...{ mergedInto: survivor, mergedBy, mergedAt: claimed.deps.now() },
    ...(parent !== undefined && { parent }),
    ...(mergedAfter !== undefined && { mergedAfter }),
  };
  await inParallel(losers, (loser) => updateLocked(claimed, loser, (contact) => ({ ...facts, ...whatItHad(contact) })));
}

function whatItHad({ clocks, latestMerge, repeats, undone }: Contact): Pick<Contact, 'asSurvivor'> {
  const had = { clocks, latestMerge, repeats, undone };
  const known = Object.entries(had).filter(([, value]) => value !== undefined && Object.keys(value).length > 0);
  return known.length > 0 ? { asSurvivor: Object.fromEntries(known) } : {};
}

/** An undo of the merge that had joined its contacts has to know of this event. */
function withRepeat({ latestMerge: after, repeats = [] }: Contact, event: string): Pick<Contact, 'repeats'> {
  if (after === undefined || repeats.length >= MAX_REPEATS) return {};
  const isKnown = event === after || repeats.some((one) => one.event === event && one.after === after);
  return isKnown ? {} : { repeats: [...repeats, { event, after }] };
}

/** Changes a contact only while it is locked for this plan, and leaves it unlocked. */
function updateLocked(claimed: ClaimedEvent, id: string, change: (contact: Contact) => Contact): Promise<void> {
  return releaseContact(claimed, id, (contact) => (isOurs(claimed, contact) ? change(contact) : undefined));
}

function isOurs({ record }: ClaimedEvent, { lockedBy }: Contact): boolean {
  return lockedBy?.event === record.eventId && lockedBy.plan === record.plan;
}
