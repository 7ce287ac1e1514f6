import { CrmError } from '../../errors.ts';
import { isBlank, type JsonObject } from '../../json.ts';
import type { Step } from '../../ledger/plans.ts';
import type { PropertyValue, PropertyValues, RecordCrm } from '../../ports.ts';
import { type ClaimedEvent, clearIntent, noteCall, progressIn, saveProgress } from '../claimed-event.ts';
import { comparePlaces, type SeenMerge } from './compare-places.ts';
import { parkReasonOf, type StepOutcome } from './step-outcome.ts';

/**
 * Asks where a merge's records are now, and what that says of it. Together: it was done. All apart: it was not. Some of
 * the losers merged: the rest is sent again. Anything else is for an operator.
 * @param isSettled whether an unanswered call can no longer take effect: before that, only "together" counts, for the
 * effect may still be on its way.
 */
export async function verifyMerge(
  claimed: ClaimedEvent,
  crm: RecordCrm,
  step: Step & { kind: 'merge' },
  isSettled: boolean,
): Promise<StepOutcome> {
  const { losers, write } = step;
  const survivor = progressIn(claimed).survivorRecord ?? '';
  const verified = await ask(claimed, 'probe', async () => {
    const seen = comparePlaces(survivor, losers, await crm.locate([survivor, ...losers]));
    return { seen: seen.word, outcome: outcomeOf(seen, isSettled), ...(seen.word === 'partly' && { partly: seen }) };
  });
  if (!('done' in verified) || !write) return verified;
  return writeAgain(claimed, isSettled, async () => {
    await crm.update(verified.done.survivorRecord ?? survivor, write);
    return { seen: 'done', outcome: verified };
  });
}

/**
 * The merge may be another's work, which does not write what this step was to write: it is written again. An earlier
 * such update without an answer settles first, or it might overwrite what a later event writes. @throws LeaseLost
 */
async function writeAgain(
  claimed: ClaimedEvent,
  isSettled: boolean,
  update: () => Promise<Verified>,
): Promise<StepOutcome> {
  const progress = progressIn(claimed);
  if (progress.writtenAgain && !isSettled) return NOT_SETTLED;
  const intent = { ...progress, sent: true, sentAt: claimed.deps.now() };
  await saveProgress(claimed, { ...intent, writtenAgain: true });
  const outcome = await ask(claimed, 'update', update);
  const isRefused = 'end' in outcome && !(outcome.end === 'failed' && outcome.error.kind === 'ambiguous');
  if (isRefused) await saveProgress(claimed, { ...intent, writtenAgain: false });
  return outcome;
}

function outcomeOf(seen: SeenMerge, isSettled: boolean): StepOutcome {
  if (seen.word === 'merged') return { done: { survivorRecord: seen.home } };
  if (!isSettled) return NOT_SETTLED;
  return seen.word === 'doubtful' ? { end: 'refused', reason: 'merged-elsewhere-in-crm' } : { again: true };
}

export const NOT_SETTLED: StepOutcome = {
  end: 'failed',
  error: new CrmError('ambiguous', 'an unanswered call may still take effect', { code: 'not-settled' }),
};

/**
 * Is there a record by now? Where it is not the one that was to be created, another having given it the id meanwhile, what
 * the creation was to say is written on it. @param isSettled as for `verifyMerge`
 */
export async function verifyCreation(
  claimed: ClaimedEvent,
  crm: RecordCrm,
  step: Step & { kind: 'create' },
  isSettled: boolean,
): Promise<StepOutcome> {
  let values: PropertyValues = {};
  const verified = await ask(claimed, 'probe', async () => {
    const found = await crm.find([step.write.contactId ?? ''], Object.keys(step.write.values));
    const [first] = found;
    if (!first) return { seen: 'not-created', outcome: isSettled ? { again: true } : NOT_SETTLED };
    const several = found.some(({ record }) => record.recordId !== first.record.recordId);
    if (several) return { seen: 'doubtful', outcome: { end: 'refused', reason: 'two-records-for-one-contact' } };
    values = differing(step, first.record.values);
    return { seen: 'created', outcome: { done: { survivorRecord: first.record.recordId } } };
  });
  if (!('done' in verified) || Object.keys(values).length === 0) return verified;
  return writeAgain(claimed, isSettled, async () => {
    await crm.update(verified.done.survivorRecord ?? '', { values });
    return { seen: 'done', outcome: verified };
  });
}

/** What a record does not have of what its creation says; a value that the CRM spells in its own way counts, too. */
function differing({ write, ifEmpty }: Step & { kind: 'create' }, has: JsonObject): PropertyValues {
  const isLeft = ([property, value]: [string, PropertyValue]) => {
    const [there, wanted] = [has[property], isBlank(value) ? '' : String(value)];
    if (isBlank(there)) return wanted !== '';
    return !ifEmpty.includes(property) && String(there) !== wanted;
  };
  return Object.fromEntries(Object.entries(write.values).filter(isLeft));
}

interface Verified {
  /** One word for the journal. */
  seen: string;
  outcome: StepOutcome;
  /** What is left of a merge that was done in part. */
  partly?: SeenMerge & { word: 'partly' };
}

/** Asks the CRM, and notes what it said. */
async function ask(claimed: ClaimedEvent, call: string, question: () => Promise<Verified>): Promise<StepOutcome> {
  const at = claimed.deps.now();
  try {
    const { seen, outcome, partly } = await question();
    await noteCall(claimed, { call, at, outcome: seen });
    if ('again' in outcome) await (partly ? keepRest(claimed, partly) : clearIntent(claimed));
    return outcome;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await noteCall(claimed, { call, at, outcome: error.kind, code: error.code });
    const reason = parkReasonOf(error);
    return reason === undefined ? { end: 'failed', error } : { end: 'refused', reason };
  }
}

/** The next call names only the losers that are left: no loser is merged twice. @throws LeaseLost */
function keepRest(claimed: ClaimedEvent, { home, left }: SeenMerge & { word: 'partly' }): Promise<void> {
  return saveProgress(claimed, { ...progressIn(claimed), sent: false, survivorRecord: home, losersLeft: left });
}
