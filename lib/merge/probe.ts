import { CrmError } from '../errors.ts';
import type { RecordCrm } from '../ports.ts';
import type { Stepped } from './acted.ts';
import { note } from './journal.ts';
import type { Step } from './plan.ts';
import { type Work, withdraw } from './work.ts';

/** Where are these records now? Together: it was done. All apart: it was not. Anything else is for a human. */
export async function probeMerge(work: Work, crm: RecordCrm, step: Step & { kind: 'merge' }): Promise<Stepped> {
  const survivor = work.record.progress?.survivorRecord ?? '';
  const at = work.now();
  try {
    const places = await crm.whereabouts([survivor, ...step.losers]);
    const home = places.get(survivor);
    const losers = step.losers.map((loser) => places.get(loser));
    const verdict = judgePlaces(survivor, home, losers);
    await note(work, { what: 'probe', at, outcome: verdict });
    if (verdict === 'merged') return { done: home && home !== 'gone' ? { survivorRecord: home.recordId } : {} };
    if (verdict === 'doubtful') return { end: 'refused', reason: 'merged-elsewhere-in-crm' };
    await withdraw(work);
    return { again: true };
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await note(work, { what: 'probe', at, outcome: error.kind, code: error.code });
    return error.kind === 'auth' ? { end: 'refused', reason: 'crm-auth' } : { end: 'failed', error };
  }
}

type Place = { recordId: string } | 'gone' | undefined;

/** @param home where the survivor's record is now; elsewhere with nobody merged into it means: not by us. */
function judgePlaces(survivor: string, home: Place, losers: Place[]): 'merged' | 'apart' | 'doubtful' {
  if (!home || home === 'gone') return 'doubtful';
  const inHome = (place: Place) => place === 'gone' || (place !== undefined && place.recordId === home.recordId);
  if (losers.every(inHome)) return 'merged';
  return losers.some(inHome) || home.recordId !== survivor ? 'doubtful' : 'apart';
}

export async function probeCreation(work: Work, crm: RecordCrm, step: Step & { kind: 'create' }): Promise<Stepped> {
  const contactId = step.write.contactId ?? '';
  const at = work.now();
  try {
    const found = await crm.find([contactId], []);
    await note(work, { what: 'probe', at, outcome: found.length > 0 ? 'created' : 'not-created' });
    const recordId = found[0]?.record.recordId;
    if (recordId !== undefined) return { done: { survivorRecord: recordId } };
    await withdraw(work);
    return { again: true };
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    return { end: 'failed', error };
  }
}
