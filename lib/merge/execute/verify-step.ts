import { CrmError } from '../../errors.ts';
import type { Step } from '../../ledger/plans.ts';
import type { RecordCrm, RecordLocation } from '../../ports.ts';
import { type ClaimedEvent, clearIntent, noteCall, progressIn } from '../claimed-event.ts';
import { parkReasonOf, type StepOutcome } from './step-outcome.ts';

/** Where are these records now? Together: it was done. All apart: it was not. Anything else is for an operator. */
export async function verifyMerge(
  claimed: ClaimedEvent,
  crm: RecordCrm,
  step: Step & { kind: 'merge' },
): Promise<StepOutcome> {
  const { losers, write } = step;
  const survivor = progressIn(claimed).survivorRecord ?? '';
  const verified = await ask(claimed, 'probe', async () => {
    const places = await crm.locate([survivor, ...losers]);
    const home = places.get(survivor);
    const seen = comparePlaces(survivor, home, losers, places);
    if (seen === 'apart') return { seen, outcome: { again: true } };
    if (seen === 'doubtful' || !home || home === 'gone') return { seen, outcome: MERGED_ELSEWHERE };
    return { seen, outcome: { done: { survivorRecord: home.recordId } } };
  });
  if (!('done' in verified) || !write) return verified;
  // The merge may be another's work, which does not write what this step was to write: it is written again.
  return ask(claimed, 'update', async () => {
    await crm.update(verified.done.survivorRecord ?? survivor, write);
    return { seen: 'done', outcome: verified };
  });
}

const MERGED_ELSEWHERE: StepOutcome = { end: 'refused', reason: 'merged-elsewhere-in-crm' };

/** Is there a record by now? */
export function verifyCreation(
  claimed: ClaimedEvent,
  crm: RecordCrm,
  step: Step & { kind: 'create' },
): Promise<StepOutcome> {
  return ask(claimed, 'probe', async () => {
    const found = await crm.find([step.write.contactId ?? ''], []);
    const [first] = found;
    if (!first) return { seen: 'not-created', outcome: { again: true } };
    const several = found.some(({ record }) => record.recordId !== first.record.recordId);
    if (several) return { seen: 'doubtful', outcome: { end: 'refused', reason: 'two-records-for-one-contact' } };
    return { seen: 'created', outcome: { done: { survivorRecord: first.record.recordId } } };
  });
}

interface Verified {
  /** One word for the journal. */
  seen: string;
  outcome: StepOutcome;
}

/** Asks the CRM, and notes what it said. */
async function ask(claimed: ClaimedEvent, call: string, question: () => Promise<Verified>): Promise<StepOutcome> {
  const at = claimed.deps.now();
  try {
    const { seen, outcome } = await question();
    await noteCall(claimed, { call, at, outcome: seen });
    if ('again' in outcome) await clearIntent(claimed);
    return outcome;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await noteCall(claimed, { call, at, outcome: error.kind, code: error.code });
    const reason = parkReasonOf(error);
    return reason === undefined ? { end: 'failed', error } : { end: 'refused', reason };
  }
}

type Place = RecordLocation | undefined;

/** @param home where the survivor's record is now; elsewhere without any loser merged into it means: not by us. */
function comparePlaces(survivor: string, home: Place, losers: string[], places: Map<string, Place>) {
  if (!home || home === 'gone') return 'doubtful';
  const place = (loser: string) => places.get(loser);
  const isHome = (at: Place) => at === 'gone' || at?.recordId === home.recordId;
  if (losers.every((loser) => isHome(place(loser)))) return 'merged';
  const untouched = (record: string, at: Place) => at !== 'gone' && at?.recordId === record;
  const apart = untouched(survivor, home) && losers.every((loser) => untouched(loser, place(loser)));
  return apart ? 'apart' : 'doubtful';
}
