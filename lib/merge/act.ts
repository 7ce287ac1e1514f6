import { CrmError } from '../errors.ts';
import type { Progress } from '../event.ts';
import type { CommandCrm, Crm, RecordCrm } from '../ports.ts';
import { writeJournal } from './journal.ts';
import type { Plan, Step } from './plan.ts';
import { saveProgress, type Work } from './work.ts';

/** What became of a plan for now. */
export type Acted =
  | { end: 'done' }
  /** The CRM knows none of these contacts. */
  | { end: 'unknown-contacts' }
  /** Refused for good, or contradicted: for a human. */
  | { end: 'refused'; reason: string }
  /** The CRM could not be asked, or did not answer. */
  | { end: 'failed'; error: CrmError }
  | { end: 'out-of-time' };

type Stepped =
  | { done: { survivorRecord?: string } }
  | { again: true }
  | Exclude<Acted, { end: 'done' } | { end: 'out-of-time' }>;

/**
 * Carries out what is left of a plan. Before each call its intent is stored; where a worker finds an intent without an
 * answer, the CRM is asked what is true before anything is sent again. @throws LeaseLost
 */
export async function act(work: Work, crm: Crm, plan: Plan): Promise<Acted> {
  for (;;) {
    const progress = progressOf(work);
    const step = plan.steps[progress.step];
    if (!step) return { end: 'done' };
    if (work.now() >= lastCallAt(work)) return { end: 'out-of-time' };
    const stepped = progress.sent ? await settleUnanswered(work, crm, step) : await sendStep(work, crm, step);
    if ('end' in stepped) return stepped;
    if ('done' in stepped) await advance(work, stepped.done);
  }
}

/** No call begins that might outlive the function or the worker's lease. */
function lastCallAt(work: Work): number {
  return Math.min(work.deadline(), (work.record.worker?.until ?? 0) - work.timing.callMs);
}

function progressOf(work: Work): Progress {
  if (!work.record.progress) throw new Error('a plan is acted on before it was begun');
  return work.record.progress;
}

async function advance(work: Work, done: { survivorRecord?: string }): Promise<void> {
  const progress = progressOf(work);
  const { failures: _failures, firstFailureAt: _firstFailureAt, ...record } = work.record;
  work.record = record; // The CRM has answered: patience begins anew.
  await saveProgress(work, { ...progress, ...done, step: progress.step + 1, sent: false, attempts: 0 });
}

/** Commands and updates say the same again: harmless. Merges and creations are looked up first. */
function settleUnanswered(work: Work, crm: Crm, step: Step): Promise<Stepped> {
  if (step.kind === 'merge') return probeMerge(work, crm as RecordCrm, step);
  if (step.kind === 'create') return probeCreation(work, crm as RecordCrm, step);
  return sendStep(work, crm, step);
}

async function sendStep(work: Work, crm: Crm, step: Step): Promise<Stepped> {
  const unansweredBefore = work.record.progress?.sent === true;
  const progress = await announce(work);
  const at = work.now();
  try {
    const stepped = await call(crm, step, progress);
    await note(work, { what: step.kind, at, outcome: 'end' in stepped ? stepped.end : 'done' });
    return stepped;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await note(work, { what: step.kind, at, outcome: error.kind, code: error.code });
    return afterError(work, crm, step, { error, unansweredBefore });
  }
}

/** Stores the intent. */
async function announce(work: Work): Promise<Progress> {
  const before = progressOf(work);
  const progress = { ...before, sent: true, attempts: before.attempts + 1 };
  await saveProgress(work, progress);
  return progress;
}

async function call(crm: Crm, step: Step, progress: Progress): Promise<Stepped> {
  if (step.kind === 'command') return sendCommand(crm as CommandCrm, step);
  const records = crm as RecordCrm;
  const survivor = progress.survivorRecord ?? '';
  if (step.kind === 'create') return { done: { survivorRecord: await createRecord(records, step) } };
  if (step.kind === 'update') {
    await records.update(survivor, step.write);
    return { done: {} };
  }
  const merged = await records.merge({ survivor, losers: step.losers, ...(step.write && { write: step.write }) });
  return { done: { survivorRecord: merged.survivor } };
}

async function sendCommand(crm: CommandCrm, step: Step & { kind: 'command' }): Promise<Stepped> {
  const answer = await crm.send(step.command, step.key);
  if (answer.outcome === 'done') return { done: {} };
  if (answer.outcome === 'unknown-contacts') return { end: 'unknown-contacts' };
  return { end: 'refused', reason: `crm-contradiction:${answer.code}` };
}

async function createRecord(crm: RecordCrm, step: Step & { kind: 'create' }): Promise<string> {
  if (!crm.create) throw new CrmError('permanent', `${crm.name}: cannot create contacts`);
  return (await crm.create(step.write)).recordId;
}

interface Failure {
  error: CrmError;
  /** An earlier attempt went unanswered: that this one was turned away does not say what became of it. */
  unansweredBefore: boolean;
}

async function afterError(work: Work, crm: Crm, step: Step, failure: Failure): Promise<Stepped> {
  const { error } = failure;
  if (error.kind === 'ambiguous') return { end: 'failed', error };
  if (error.kind === 'permanent' && step.kind === 'merge') {
    // "Already merged" comes as a refusal in most CRMs, and in no two the same way: look.
    const probed = await probeMerge(work, crm as RecordCrm, step);
    if ('end' in probed && probed.end === 'refused') await withdraw(work); // It was a clear no, whatever the rest means.
    if (!('again' in probed)) return probed;
  }
  // An idempotent receiver refuses for good only what it has not done: that is an answer to all attempts.
  if (error.kind === 'permanent' || !failure.unansweredBefore) await withdraw(work);
  if (error.kind === 'permanent') return { end: 'refused', reason: `crm-refused:${error.code ?? 'no-code'}` };
  if (error.kind === 'auth') return { end: 'refused', reason: 'crm-auth' };
  return { end: 'failed', error };
}

/** The answer is known and nothing has happened: no intent is left open. */
async function withdraw(work: Work): Promise<void> {
  const { progress } = work.record;
  if (progress) await saveProgress(work, { ...progress, sent: false });
}

/** Where are these records now? Together: it was done. All apart: it was not. Anything else is for a human. */
async function probeMerge(work: Work, crm: RecordCrm, step: Step & { kind: 'merge' }): Promise<Stepped> {
  const survivor = work.record.progress?.survivorRecord ?? '';
  const at = work.now();
  try {
    const places = await crm.whereabouts([survivor, ...step.losers]);
    const home = places.get(survivor);
    const apart = home !== undefined && home !== 'gone' && home.recordId !== survivor ? 'doubtful' : 'apart';
    const together = judgePlaces(
      home,
      step.losers.map((loser) => places.get(loser)),
    );
    const verdict = together === 'apart' ? apart : together;
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

function judgePlaces(home: Place, losers: Place[]): 'merged' | 'apart' | 'doubtful' {
  if (!home || home === 'gone') return 'doubtful';
  const inHome = (place: Place) => place === 'gone' || (place !== undefined && place.recordId === home.recordId);
  if (losers.every(inHome)) return 'merged';
  return losers.some(inHome) ? 'doubtful' : 'apart';
}

async function probeCreation(work: Work, crm: RecordCrm, step: Step & { kind: 'create' }): Promise<Stepped> {
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

async function note(work: Work, seen: { what: string; at: number; outcome: string; code?: string | undefined }) {
  const { progress, plan } = work.record;
  await writeJournal(work, {
    plan,
    step: progress?.step ?? 0,
    attempt: progress?.attempts ?? 0,
    call: seen.what,
    at: seen.at,
    answeredAt: work.now(),
    outcome: seen.outcome,
    ...(seen.code !== undefined && { code: seen.code }),
  });
}
