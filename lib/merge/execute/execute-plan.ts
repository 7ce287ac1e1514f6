import { CrmError } from '../../errors.ts';
import type { Progress } from '../../ledger/event-record.ts';
import type { Plan, Step } from '../../ledger/plans.ts';
import type { CommandCrm, Crm, RecordCrm } from '../../ports.ts';
import {
  type ClaimedEvent,
  clearIntent,
  lastCallAt,
  noteCall,
  progressIn,
  recordIntent,
  stage,
  WORKER_LOST,
} from '../claimed-event.ts';
import type { TenantCrm } from '../tenant-crm.ts';
import { isOld, lookAgain, withoutFilled } from './look-again.ts';
import { type PlanOutcome, parkReasonOf, type StepOutcome } from './step-outcome.ts';
import { NOT_SETTLED, verifyCreation, verifyMerge } from './verify-step.ts';

type ExecutingTenant = Pick<TenantCrm, 'crm' | 'settingsSince' | 'mapping'>;

/**
 * Executes what is left of a plan. Before each call its intent is recorded; where a worker finds an intent without an
 * answer, the CRM is asked what is true before anything is sent again (promise 5). @throws LeaseLost
 */
export async function executePlan(claimed: ClaimedEvent, tenant: ExecutingTenant, plan: Plan): Promise<PlanOutcome> {
  const { crm } = tenant;
  let isDue = crm.style === 'record' && isOld(plan, { ...tenant, now: claimed.deps.now() });
  let filled: string[] = [];
  for (;;) {
    const progress = progressIn(claimed);
    const planned = plan.steps[progress.step];
    if (!planned) return { end: 'done' };
    if (claimed.deps.now() >= lastCallAt(claimed)) return { end: 'out-of-time' };
    const step = withoutFilled(planned, filled);
    const looked = isDue && !progress.sent ? await lookAgain(claimed, crm as RecordCrm, plan) : undefined;
    if (looked && 'filled' in looked) {
      isDue = false;
      filled = looked.filled;
      continue;
    }
    const outcome = looked ?? (await perform(claimed, tenant, step));
    if ('end' in outcome) return outcome;
    if ('done' in outcome) advance(claimed, outcome.done);
  }
}

const perform = (claimed: ClaimedEvent, tenant: ExecutingTenant, step: Step): Promise<StepOutcome> =>
  progressIn(claimed).sent ? settleUnanswered(claimed, tenant, step) : sendStep(claimed, tenant, step);

/** Stored along with the next intent, or with the event's end: until then a crash leaves the intent, and it is asked after. */
function advance(claimed: ClaimedEvent, done: { survivorRecord?: string }): void {
  const progress = progressIn(claimed);
  const { sentAt: _sentAt, losersLeft: _losersLeft, writtenAgain: _writtenAgain, ...rest } = progress;
  const next = { ...rest, ...done, step: progress.step + 1, sent: false, attempts: 0 };
  stage(claimed, { on: 'answered', progress: next });
}

/**
 * Merges and creations are looked up first. An update says the same again, but not before it has settled: arriving late,
 * after its event is over, it would overwrite what a later event writes. A command is sent again at once: its key keeps
 * a late one from taking effect twice.
 */
async function settleUnanswered(claimed: ClaimedEvent, tenant: ExecutingTenant, step: Step): Promise<StepOutcome> {
  const { crm } = tenant;
  const isSettled = claimed.deps.now() >= (progressIn(claimed).sentAt ?? 0) + claimed.deps.timing.settleMs;
  await noteLostCall(claimed, step);
  if (step.kind === 'merge') return verifyMerge(claimed, crm as RecordCrm, step, isSettled);
  if (step.kind === 'create') return verifyCreation(claimed, crm as RecordCrm, step, isSettled);
  if (step.kind === 'update' && !isSettled) return NOT_SETTLED;
  if (step.kind !== 'update') return sendStep(claimed, tenant, step);
  await clearIntent(claimed);
  return { again: true };
}

/** A call that was noted is noted once; one whose worker died before its answer was stored is noted now. */
async function noteLostCall(claimed: ClaimedEvent, { kind }: Step): Promise<void> {
  const { calls = [], plan } = claimed.record;
  const { step, attempts, sentAt } = progressIn(claimed);
  const isNoted = calls.some((call) => call.plan === plan && call.step === step && call.attempt === attempts);
  if (!isNoted) await noteCall(claimed, { call: kind, at: sentAt ?? 0, outcome: 'ambiguous', code: WORKER_LOST });
}

async function sendStep(claimed: ClaimedEvent, tenant: ExecutingTenant, step: Step): Promise<StepOutcome> {
  const unansweredBefore = progressIn(claimed).sent;
  const progress = await recordIntent(claimed);
  const at = claimed.deps.now();
  try {
    const outcome = await call(tenant, step, progress);
    await noteCall(claimed, { call: step.kind, at, outcome: wordOf(outcome) });
    if ('end' in outcome && outcome.end === 'refused') await clearIntent(claimed); // A refusal is an answer, too.
    return outcome;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await noteCall(claimed, { call: step.kind, at, outcome: error.kind, code: error.code });
    return afterError(claimed, tenant.crm, step, { error, unansweredBefore });
  }
}

function wordOf(outcome: StepOutcome): string {
  if (!('end' in outcome)) return 'done';
  return outcome.end === 'refused' ? outcome.reason : outcome.end;
}

async function call({ crm, mapping }: ExecutingTenant, step: Step, progress: Progress): Promise<StepOutcome> {
  if (step.kind === 'command') return sendCommand(crm as CommandCrm, step);
  const records = crm as RecordCrm;
  const survivor = progress.survivorRecord ?? '';
  if (step.kind === 'create') return { done: { survivorRecord: await createRecord(records, step) } };
  if (step.kind === 'update') {
    if (step.write.contactId !== undefined || Object.keys(step.write.values).length > 0)
      await records.update(survivor, step.write);
    return { done: {} };
  }
  const losers = progress.losersLeft ?? step.losers;
  const { properties } = mapping;
  const merged = await records.merge({ survivor, losers, properties, ...(step.write && { write: step.write }) });
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

async function afterError(claimed: ClaimedEvent, crm: Crm, step: Step, failure: Failure): Promise<StepOutcome> {
  const { error } = failure;
  if (error.kind === 'ambiguous') return { end: 'failed', error };
  if (error.kind === 'permanent' && step.kind === 'merge') {
    // "Already merged" comes as a refusal in most CRMs, and in no two the same way: look.
    const leftBefore = progressIn(claimed).losersLeft?.length ?? step.losers.length;
    const verified = await verifyMerge(claimed, crm as RecordCrm, step, true);
    // The refusal itself was clear, unless the look-up was refused as well: what was done in part is not known then.
    if ('end' in verified && verified.end === 'refused' && verified.reason === 'merged-elsewhere-in-crm')
      await clearIntent(claimed);
    const leftNow = progressIn(claimed).losersLeft?.length ?? leftBefore;
    if (!('again' in verified) || leftNow < leftBefore) return verified;
  }
  if (error.kind === 'permanent' && step.kind === 'create') {
    // The id may have been given to another record meanwhile: look.
    const verified = await verifyCreation(claimed, crm as RecordCrm, step, true);
    if ('end' in verified && verified.end === 'refused') await clearIntent(claimed);
    if (!('again' in verified)) return verified;
  }
  // An idempotent receiver refuses for good only what it has not done: that is an answer to all attempts.
  if (error.kind === 'permanent' || !failure.unansweredBefore) await clearIntent(claimed);
  const reason = parkReasonOf(error);
  return reason === undefined ? { end: 'failed', error } : { end: 'refused', reason };
}
