import { CrmError } from '../../errors.ts';
import type { Progress } from '../../ledger/event-record.ts';
import { note } from '../../ledger/journal.ts';
import type { Plan, Step } from '../../ledger/plans.ts';
import type { CommandCrm, Crm, RecordCrm } from '../../ports.ts';
import { saveProgress, type Work, withdraw } from '../claim.ts';
import { type PlanOutcome, refusalOf, type StepOutcome } from './step-outcome.ts';
import { probeCreation, probeMerge } from './verify-step.ts';

/**
 * Carries out what is left of a plan. Before each call its intent is stored; where a worker finds an intent without an
 * answer, the CRM is asked what is true before anything is sent again. @throws LeaseLost
 */
export async function act(work: Work, crm: Crm, plan: Plan): Promise<PlanOutcome> {
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
function settleUnanswered(work: Work, crm: Crm, step: Step): Promise<StepOutcome> {
  if (step.kind === 'merge') return probeMerge(work, crm as RecordCrm, step);
  if (step.kind === 'create') return probeCreation(work, crm as RecordCrm, step);
  return sendStep(work, crm, step);
}

async function sendStep(work: Work, crm: Crm, step: Step): Promise<StepOutcome> {
  const unansweredBefore = work.record.progress?.sent === true;
  const progress = await announce(work);
  const at = work.now();
  try {
    const stepped = await call(crm, step, progress);
    await note(work, { what: step.kind, at, outcome: outcomeOf(stepped) });
    if ('end' in stepped && stepped.end === 'refused') await withdraw(work); // A no is an answer, too.
    return stepped;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await note(work, { what: step.kind, at, outcome: error.kind, code: error.code });
    return afterError(work, crm, step, { error, unansweredBefore });
  }
}

function outcomeOf(stepped: StepOutcome): string {
  if (!('end' in stepped)) return 'done';
  return stepped.end === 'refused' ? stepped.reason : stepped.end;
}

/** Stores the intent. */
async function announce(work: Work): Promise<Progress> {
  const before = progressOf(work);
  const progress = { ...before, sent: true, attempts: before.attempts + 1 };
  await saveProgress(work, progress);
  return progress;
}

async function call(crm: Crm, step: Step, progress: Progress): Promise<StepOutcome> {
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

async function sendCommand(crm: CommandCrm, step: Step & { kind: 'command' }): Promise<StepOutcome> {
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

async function afterError(work: Work, crm: Crm, step: Step, failure: Failure): Promise<StepOutcome> {
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
  const reason = refusalOf(error);
  return reason === undefined ? { end: 'failed', error } : { end: 'refused', reason };
}
