import { ConfigError } from '../errors.ts';
import type { EventPointer } from '../event.ts';
import type { Plan } from '../ledger/plans.ts';
import type { ReasonOf } from '../ledger/reasons.ts';
import type { Change } from '../ledger/transitions.ts';
import { MAX_DELAY_SECONDS } from '../ports.ts';
import type { ApplyDeps } from './apply-deps.ts';
import { claimEvent } from './claim.ts';
import { type ClaimedEvent, move, pointerOf, progressIn, saveProgress } from './claimed-event.ts';
import { abandonPlan, closePlan, isClosed } from './close-plan.ts';
import { executePlan } from './execute/execute-plan.ts';
import { type PlanOutcome, waitReasonOf } from './execute/step-outcome.ts';
import { linkContact } from './link-contact.ts';
import { loadEvent } from './load-event.ts';
import { nextPart } from './plan/event-part.ts';
import { missingIn } from './plan/missing-contacts.ts';
import { preparePlan } from './plan/prepare-plan.ts';
import { publishOutcome } from './publish-outcome.ts';
import { continueLater, retryLater } from './reschedule.ts';
import type { TenantCrm } from './tenant-crm.ts';

/**
 * Applies one event: claims it, plans, executes the plan, and closes it in the ledger. Every way out leaves the event in
 * a state from which it goes on: finished, parked or held for an operator, or queued again.
 * Deliver it as often as you like. @throws StoreError, LeaseLost: deliver again.
 */
export async function applyEvent(pointer: EventPointer, deps: ApplyDeps, undo: CarryOutUndo): Promise<void> {
  const claim = await claimEvent(deps, pointer);
  if ('claimed' in claim) return applyClaimed(claim.claimed, undo);
  if ('over' in claim) return;
  // Should the worker that has the event die, this message is the one that comes back for it.
  const seconds = Math.ceil((claim.notBefore - deps.now()) / 1000);
  await deps.queue.send(pointer, Math.min(seconds, MAX_DELAY_SECONDS));
}

/** Carries out what an operator has asked for: an event's merge is taken back. */
export type CarryOutUndo = (claimed: ClaimedEvent, tenant: TenantCrm) => Promise<void>;

async function applyClaimed(claimed: ClaimedEvent, undo: CarryOutUndo): Promise<void> {
  const tenant = await configured(claimed);
  if (!tenant) return;
  if (claimed.record.undo !== undefined) return undo(claimed, tenant);
  if (claimed.record.kind === 'contact') return linkContact(claimed, tenant);
  const plan = claimed.record.progress ? await resumePlan(claimed) : await newPlan(claimed, tenant);
  if (plan) await carryOut(claimed, tenant, plan);
}

async function configured(claimed: ClaimedEvent): Promise<TenantCrm | undefined> {
  const { deps, ledger } = claimed;
  try {
    return await deps.tenantCrm(ledger.tenant);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    deps.log.error('tenant settings are wrong', { tenant: ledger.tenant, problem: error.message, metric: 'config' });
    await retryLater(claimed, { reason: 'configuration' });
    return undefined;
  }
}

async function newPlan(claimed: ClaimedEvent, tenant: TenantCrm): Promise<Plan | undefined> {
  const loaded = await loadEvent(claimed.ledger, claimed.record);
  if ('event' in loaded) return preparePlan(claimed, tenant, nextPart(loaded.event, claimed.record.losersDone ?? 0));
  await move(claimed, { on: 'park', reason: loaded.unusable });
  return undefined;
}

async function resumePlan(claimed: ClaimedEvent): Promise<Plan | undefined> {
  const { ledger, record } = claimed;
  const plan = await ledger.plans.read(record.eventId, record.plan);
  // Once an operator has settled the open call, a replay may plan anew; until then the contacts stay locked.
  const on = record.progress?.sent ? 'park-unanswered' : 'park';
  if (!plan) await move(claimed, { on, reason: 'plan-expired' });
  return plan;
}

async function carryOut(claimed: ClaimedEvent, tenant: TenantCrm, plan: Plan): Promise<void> {
  const { crm, policy } = tenant;
  const { progress } = claimed.record;
  const abandoned = progress?.abandoned;
  if (abandoned !== undefined) return abandon(claimed, plan, abandoned);
  if (policy.mode === 'observe' && hasMoreToSend(claimed, plan)) return refuse(claimed, plan, 'observe-mode');
  if (progress?.sent && (await isClosed(claimed, plan))) return conclude(claimed, plan);
  // Its calls and record ids are those of another CRM.
  if (plan.crm !== undefined && plan.crm !== crm.name && hasMoreToSend(claimed, plan))
    return refuse(claimed, plan, 'crm-changed');
  const outcome = await executePlan(claimed, tenant, plan);
  if (outcome.end === 'out-of-time') return continueLater(claimed);
  if (outcome.end === 'failed') return retryLater(claimed, { ...troubleOf(outcome), plan });
  if (outcome.end === 'refused') return refuse(claimed, plan, outcome.reason);
  await close(claimed, plan, outcome);
}

function troubleOf({ error }: PlanOutcome & { end: 'failed' }) {
  return { reason: waitReasonOf(error), error };
}

/** Observe mode was switched on in the middle of a plan: nothing more is sent, an unanswered call stays open. */
function hasMoreToSend({ record }: ClaimedEvent, plan: Plan): boolean {
  return (record.progress?.step ?? 0) < plan.steps.length;
}

async function close(claimed: ClaimedEvent, plan: Plan, outcome: PlanOutcome): Promise<void> {
  const progress = progressIn(claimed);
  if (outcome.end === 'unknown-contacts')
    await saveProgress(claimed, { ...progress, step: plan.steps.length, sent: false, unknownInCrm: true });
  // With no call there was no intent to store the plan's start with: before it is stored, nothing may be closed.
  if (plan.steps.length === 0 && claimed.isStaged) await saveProgress(claimed, progress);
  await closePlan(claimed, plan, isWritten(claimed, plan));
  await conclude(claimed, plan);
}

const isWritten = ({ record }: ClaimedEvent, plan: Plan) => !plan.unknownInCrm && !record.progress?.unknownInCrm;

/** The contacts are unlocked: what is left is to tell what came of the event. */
async function conclude(claimed: ClaimedEvent, plan: Plan): Promise<void> {
  const written = isWritten(claimed, plan);
  await publishOutcome(claimed, outcomeOf(plan, written));
  claimed.triggeredAt = plan.triggeredAt;
  await move(claimed, conclusionOf(claimed, plan, written));
  if (hasMoreParts(plan)) await claimed.deps.queue.send(pointerOf(claimed));
}

const hasMoreParts = ({ part }: Plan) => part !== undefined && part.done < part.of;

function conclusionOf({ record }: ClaimedEvent, plan: Plan, written: boolean): Change {
  const isWritten = written || record.written === true;
  const missing = missingAfter(record, plan);
  if (plan.part && hasMoreParts(plan))
    return { on: 'next-part', losersDone: plan.part.done, ...(isWritten && { written: true }), ...missing };
  if (!isWritten) return { on: 'skip', reason: 'unknown-in-crm', ...missing };
  const isIdle = plan.steps.length === 0 && !record.written;
  return { on: 'apply', ...(isIdle && { reason: 'nothing-left-to-do' }), ...missing };
}

/** A CRM that merges by itself answers for all of the contacts at once. */
function missingAfter({ progress }: ClaimedEvent['record'], plan: Plan) {
  const { survivor, absorbed } = plan.identities;
  return progress?.unknownInCrm ? missingIn({ missing: [survivor, ...absorbed], unknownInCrm: true }) : missingIn(plan);
}

function outcomeOf(plan: Plan, written: boolean) {
  const { survivor: survivorId, absorbed: loserIds } = plan.identities;
  const idle = plan.steps.length === 0 ? { reason: 'nothing-left-to-do' } : {};
  const end = written
    ? { state: 'applied' as const, ...idle }
    : { state: 'skipped' as const, reason: 'unknown-in-crm' };
  return { ...end, survivorId, loserIds };
}

/** An event with an unanswered call keeps its contacts, also while it is parked. */
async function refuse(claimed: ClaimedEvent, plan: Plan, reason: ReasonOf<'parked'>): Promise<void> {
  const { progress } = claimed.record;
  if (progress?.sent) return move(claimed, { on: 'park-unanswered', reason });
  if (progress) await saveProgress(claimed, { ...progress, abandoned: reason });
  await abandon(claimed, plan, reason);
}

async function abandon(claimed: ClaimedEvent, plan: Plan, reason: ReasonOf<'parked'>): Promise<void> {
  await abandonPlan(claimed, plan);
  await move(claimed, { on: 'park', reason });
}
