import { ConfigError } from '../errors.ts';
import type { EventPointer } from '../event.ts';
import { loadEvent } from '../ledger/payloads.ts';
import { type Plan, readPlan } from '../ledger/plans.ts';
import { type ApplyDeps, claimEvent, leaveEvent, saveProgress, type TenantCrm, type Work } from './claim.ts';
import { abandonPlan, finishPlan } from './close-plan.ts';
import { act } from './execute/execute-plan.ts';
import type { PlanOutcome } from './execute/step-outcome.ts';
import { begin } from './plan/prepare-plan.ts';
import { continueLater, LONGEST_DELAY_SECONDS, parkBecause, retryLater } from './reschedule.ts';

/**
 * Applies one event: takes it, finds out who is who, makes a plan, carries it out, and tells the ledger. Every way out
 * leaves the event in a state from which it goes on: finished, parked or held for a human, or queued again.
 * Deliver it as often as you like. @throws StoreError, LeaseLost: deliver again.
 */
export async function applyEvent(pointer: EventPointer, deps: ApplyDeps): Promise<void> {
  const claim = await claimEvent(deps, pointer.tenant, pointer.eventId);
  if ('work' in claim) return workOn(claim.work);
  if ('over' in claim) return;
  // Should whoever has the event die, this message is the one that comes back for it.
  const seconds = Math.ceil((claim.notBefore - deps.now()) / 1000);
  await deps.queue.send(pointer, Math.min(seconds, LONGEST_DELAY_SECONDS));
}

async function workOn(work: Work): Promise<void> {
  const tenant = await configured(work);
  if (!tenant) return;
  const plan = work.record.progress ? await resumePlan(work) : await makeAndBegin(work, tenant);
  if (plan) await carryOut(work, tenant, plan);
}

async function makeAndBegin(work: Work, tenant: TenantCrm): Promise<Plan | undefined> {
  const loaded = await loadEvent(work);
  if ('event' in loaded) return begin(work, tenant, loaded.event);
  await parkBecause(work, loaded.unusable);
  return undefined;
}

async function configured(work: Work): Promise<TenantCrm | undefined> {
  try {
    return await work.tenantCrm(work.tenant);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    work.log.error('tenant settings are wrong', { tenant: work.tenant, problem: error.message, metric: 'config' });
    await retryLater(work, { reason: 'configuration' });
    return undefined;
  }
}

async function resumePlan(work: Work): Promise<Plan | undefined> {
  const plan = await readPlan(work.ledger, work.tenant, work.eventId, work.record.plan);
  // Once an operator has settled the open call, a replay may plan anew; until then the contacts stay taken.
  const keepProgress = work.record.progress?.sent === true;
  if (!plan) await leaveEvent(work, { state: 'parked', reason: 'plan-expired', keepProgress });
  return plan;
}

async function carryOut(work: Work, { crm, policy }: TenantCrm, plan: Plan): Promise<void> {
  const abandoned = work.record.progress?.abandoned;
  if (abandoned !== undefined) return abandon(work, plan, abandoned);
  if (policy.mode === 'observe' && hasMoreToSend(work, plan)) return refuse(work, plan, 'observe-mode');
  const acted = await act(work, crm, plan);
  if (acted.end === 'out-of-time') return continueLater(work);
  if (acted.end === 'failed') return retryLater(work, { reason: `crm-${acted.error.kind}`, error: acted.error, plan });
  if (acted.end === 'refused') return refuse(work, plan, acted.reason);
  await finish(work, plan, acted);
}

/** Somebody has pulled the brake: what is unanswered is cleared up, nothing new is begun. */
function hasMoreToSend({ record }: Work, plan: Plan): boolean {
  return (record.progress?.step ?? 0) < plan.steps.length && !record.progress?.sent;
}

async function finish(work: Work, plan: Plan, acted: PlanOutcome): Promise<void> {
  const { progress } = work.record;
  if (acted.end === 'unknown-contacts' && progress)
    await saveProgress(work, { ...progress, step: plan.steps.length, sent: false, unknownInCrm: true });
  const written = !plan.unknownInCrm && !work.record.progress?.unknownInCrm;
  await finishPlan(work, plan, written);
  const idle = plan.steps.length === 0;
  if (!written) return conclude(work, plan, 'skipped', 'unknown-in-crm');
  return conclude(work, plan, 'applied', idle ? 'nothing-left-to-do' : undefined);
}

/** Told before the event is closed: whoever dies in between tells it again. */
async function conclude(work: Work, plan: Plan, state: 'applied' | 'skipped', because?: string): Promise<void> {
  const { tenant, eventId } = work;
  const reason = because === undefined ? {} : { reason: because };
  const { survivor: survivorId, absorbed: loserIds } = plan.identities;
  await work.outcomes?.tell({ tenant, eventId, state, ...reason, survivorId, loserIds, at: work.now() });
  await leaveEvent(work, { state, ...reason });
}

/** An event with an unanswered call keeps its contacts, also while it waits for a human. */
async function refuse(work: Work, plan: Plan, reason: string): Promise<void> {
  const { progress } = work.record;
  if (progress?.sent) return leaveEvent(work, { state: 'parked', reason, keepProgress: true });
  if (progress) await saveProgress(work, { ...progress, abandoned: reason });
  await abandon(work, plan, reason);
}

async function abandon(work: Work, plan: Plan, reason: string): Promise<void> {
  await abandonPlan(work, plan);
  await parkBecause(work, reason);
}
