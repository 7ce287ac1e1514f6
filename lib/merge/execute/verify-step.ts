import { CrmError } from '../../errors.ts';
import { note } from '../../ledger/journal.ts';
import type { Step } from '../../ledger/plans.ts';
import type { RecordCrm } from '../../ports.ts';
import { type Work, withdraw } from '../claim.ts';
import { refusalOf, type StepOutcome } from './step-outcome.ts';

/** Where are these records now? Together: it was done. All apart: it was not. Anything else is for a human. */
export async function probeMerge(work: Work, crm: RecordCrm, step: Step & { kind: 'merge' }): Promise<StepOutcome> {
  const { losers, write } = step;
  const survivor = work.record.progress?.survivorRecord ?? '';
  const probed = await ask(work, 'probe', async () => {
    const places = await crm.locate([survivor, ...losers]);
    const home = places.get(survivor);
    const verdict = judgePlaces(survivor, home, losers, places);
    if (verdict === 'apart') return { seen: verdict, stepped: { again: true } };
    if (verdict === 'doubtful' || !home || home === 'gone') return { seen: verdict, stepped: DOUBT };
    return { seen: verdict, stepped: { done: { survivorRecord: home.recordId } } };
  });
  if (!('done' in probed) || !write) return probed;
  // Whoever has merged them need not have been us, nor have written what we were to write: say it again.
  return ask(work, 'update', async () => {
    await crm.update(probed.done.survivorRecord ?? survivor, write);
    return { seen: 'done', stepped: probed };
  });
}

const DOUBT: StepOutcome = { end: 'refused', reason: 'merged-elsewhere-in-crm' };

/** Is there a record by now? */
export function probeCreation(work: Work, crm: RecordCrm, step: Step & { kind: 'create' }): Promise<StepOutcome> {
  return ask(work, 'probe', async () => {
    const found = await crm.find([step.write.contactId ?? ''], []);
    const [first] = found;
    if (!first) return { seen: 'not-created', stepped: { again: true } };
    const several = found.some(({ record }) => record.recordId !== first.record.recordId);
    if (several) return { seen: 'doubtful', stepped: { end: 'refused', reason: 'two-records-for-one-contact' } };
    return { seen: 'created', stepped: { done: { survivorRecord: first.record.recordId } } };
  });
}

type Told = { seen: string; stepped: StepOutcome };

/** Asks the CRM, and notes what it said. */
async function ask(work: Work, what: string, question: () => Promise<Told>): Promise<StepOutcome> {
  const at = work.now();
  try {
    const { seen, stepped } = await question();
    await note(work, { what, at, outcome: seen });
    if ('again' in stepped) await withdraw(work);
    return stepped;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await note(work, { what, at, outcome: error.kind, code: error.code });
    const reason = refusalOf(error);
    return reason === undefined ? { end: 'failed', error } : { end: 'refused', reason };
  }
}

type Place = { recordId: string } | 'gone' | undefined;

/** @param home where the survivor's record is now; elsewhere with nobody merged into it means: not by us. */
function judgePlaces(survivor: string, home: Place, losers: string[], places: Map<string, Place>) {
  if (!home || home === 'gone') return 'doubtful';
  const place = (loser: string) => places.get(loser);
  const isHome = (at: Place) => at === 'gone' || at?.recordId === home.recordId;
  if (losers.every((loser) => isHome(place(loser)))) return 'merged';
  const untouched = (record: string, at: Place) => at !== 'gone' && at?.recordId === record;
  const apart = untouched(survivor, home) && losers.every((loser) => untouched(loser, place(loser)));
  return apart ? 'apart' : 'doubtful';
}
