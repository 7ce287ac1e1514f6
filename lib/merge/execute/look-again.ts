import { CrmError } from '../../errors.ts';
import { isBlank } from '../../json.ts';
import type { Plan, Step } from '../../ledger/plans.ts';
import type { ReasonOf } from '../../ledger/reasons.ts';
import type { RecordCrm, RecordLocation } from '../../ports.ts';
import { type ClaimedEvent, noteCall, progressIn, saveProgress } from '../claimed-event.ts';
import { parkReasonOf, type StepOutcome } from './step-outcome.ts';
import { verifyCreation } from './verify-step.ts';

const TRUSTED_MS = 60_000;

/**
 * A plan that has waited was made from records that people may have changed since; one that is older than the settings,
 * perhaps from those of another account. @param at milliseconds since 1970.
 */
export const isOld = ({ madeAt }: Plan, at: { now: number; settingsSince?: number }): boolean =>
  at.now >= madeAt + TRUSTED_MS || madeAt < (at.settingsSince ?? madeAt);

/** A record that the rest of a plan touches, and the contact ids by which it is the one that was found. */
interface Expected {
  recordId: string;
  who: 'survivor' | 'loser';
  contactIds: string[];
}

/**
 * Before an old plan goes on: do the records still stand for the contacts that they were found for? A contact id that was
 * taken off a record, or given to another one, makes the merge a wrong one, and so may an old id that leads elsewhere.
 * @returns properties that were empty and are not any more, for those that are only written where there is nothing.
 */
export async function lookAgain(
  claimed: ClaimedEvent,
  crm: RecordCrm,
  plan: Plan,
): Promise<{ filled: string[] } | Exclude<StepOutcome, { again: true }>> {
  const step = plan.steps[progressIn(claimed).step];
  if (step?.kind !== 'create') return lookAtRecords(claimed, crm, plan);
  const created = await verifyCreation(claimed, crm, step, true);
  return 'again' in created ? { filled: [] } : created;
}

async function lookAtRecords(claimed: ClaimedEvent, crm: RecordCrm, plan: Plan) {
  const at = claimed.deps.now();
  try {
    const seen = await compare(crm, expectedIn(claimed, plan), plan);
    if ('filled' in seen) return seen;
    await noteCall(claimed, { call: 'probe', at, outcome: 'doubtful' });
    return { end: 'refused' as const, reason: seen.conflict };
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await noteCall(claimed, { call: 'probe', at, outcome: error.kind, code: error.code });
    const reason = parkReasonOf(error);
    if (reason === undefined) return { end: 'failed' as const, error };
    await keepOpen(claimed, at);
    return { end: 'refused' as const, reason };
  }
}

/**
 * What cannot be looked at may have been merged by now, by a call of this step that took longer than any should: the
 * event keeps its contacts, and a replay asks first.
 */
async function keepOpen(claimed: ClaimedEvent, at: number): Promise<void> {
  const progress = progressIn(claimed);
  if (progress.attempts > 0) await saveProgress(claimed, { ...progress, sent: true, sentAt: progress.sentAt ?? at });
}

/** The survivor's record as it is by now, and the losers' that are not merged yet. */
function expectedIn(claimed: ClaimedEvent, { steps, identities, survivorRecord, before }: Plan): Expected[] {
  const { step, survivorRecord: survivor = '', losersLeft } = progressIn(claimed);
  const found = new Map(before.map(({ recordId, contactId }) => [recordId, contactId]));
  const idsOf = (recordId: string) => [found.get(recordId) ?? []].flat();
  const left = steps.slice(step).flatMap((one) => (one.kind === 'merge' ? one.losers : []));
  const done = losersLeft ? mergedIn(steps[step], losersLeft) : [];
  const losers = left.filter((recordId) => !done.includes(recordId));
  return [
    { recordId: survivor, who: 'survivor', contactIds: [...idsOf(survivorRecord ?? ''), identities.survivor] },
    ...losers.map((recordId): Expected => ({ recordId, who: 'loser', contactIds: idsOf(recordId) })),
  ];
}

const mergedIn = (step: Step | undefined, losersLeft: string[]) =>
  step?.kind === 'merge' ? step.losers.filter((recordId) => !losersLeft.includes(recordId)) : [];

async function compare(
  crm: RecordCrm,
  expected: Expected[],
  { steps }: Plan,
): Promise<{ filled: string[] } | { conflict: ReasonOf<'parked'> }> {
  const ifEmpty = [...new Set(steps.flatMap((step) => ('ifEmpty' in step && step.ifEmpty) || []))];
  const asked = [...new Set(expected.flatMap(({ contactIds }) => contactIds))];
  const records = (await crm.find(asked, ifEmpty)).map(({ record }) => record);
  // One record may come several times, once for each id that it carries.
  const carries = (recordId: string, contactIds: string[]) =>
    records.some((record) => record.recordId === recordId && contactIds.includes(record.contactId ?? ''));
  const lost = expected.filter(({ recordId, contactIds }) => !carries(recordId, contactIds));
  const homes = await homesOf(crm, lost);
  const conflict = conflictOf(lost, homes, (recordId) => carries(recordId, asked));
  if (conflict) return { conflict };
  // A record that is none of these has been given one of their ids.
  const ours = [...expected.map(({ recordId }) => recordId), ...homes.values()];
  if (records.some(({ recordId, contactId = '' }) => asked.includes(contactId) && !ours.includes(recordId)))
    return { conflict: 'two-records-for-one-contact' };
  const { values = {} } = records.find(({ recordId }) => recordId === expected[0]?.recordId) ?? {};
  return { filled: ifEmpty.filter((property) => !isBlank(values[property])) };
}

/** Which record each of these is part of now; those that are gone have none. */
async function homesOf(crm: RecordCrm, lost: Expected[]): Promise<Map<string, string>> {
  const places =
    lost.length > 0 ? await crm.locate(lost.map(({ recordId }) => recordId)) : new Map<string, RecordLocation>();
  return new Map(
    [...places].flatMap(([recordId, place]) => (typeof place === 'object' ? [[recordId, place.recordId]] : [])),
  );
}

/** What is gone, or was merged by hand where the plan would bring it, is settled by the call itself. */
function conflictOf(
  lost: Expected[],
  homes: Map<string, string>,
  isOurs: (recordId: string) => boolean,
): ReasonOf<'parked'> | undefined {
  for (const { recordId, who } of lost) {
    const home = homes.get(recordId);
    if (home === recordId) return `${who}-record-lost-its-contact-id`;
    if (home !== undefined && !isOurs(home)) return `${who}-merged-away-in-crm`;
  }
  return undefined;
}

/** A property that is only written where there is nothing, and where there is something by now, is left alone. */
export function withoutFilled(step: Step, filled: string[]): Step {
  if (step.kind === 'command' || step.kind === 'create' || !step.write || filled.length === 0) return step;
  const { write, ifEmpty = [] } = step;
  const left = Object.entries(write.values).filter(([name]) => !ifEmpty.includes(name) || !filled.includes(name));
  return { ...step, write: { ...write, values: Object.fromEntries(left) } };
}
