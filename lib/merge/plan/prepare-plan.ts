import { CrmError } from '../../errors.ts';
import type { MergeEvent } from '../../event.ts';
import { inParallel } from '../../in-parallel.ts';
import { type Contact, readContact } from '../../ledger/contacts.ts';
import { type Plan, storePlan } from '../../ledger/plans.ts';
import { type Departure, leaveEvent, saveWorking, type TenantCrm, type Work } from '../claim.ts';
import { holdContacts, releaseContacts } from '../contact-locks.ts';
import { refusalOf } from '../execute/step-outcome.ts';
import { retryLater, waitForTurn } from '../reschedule.ts';
import { type Identities, judge } from './check-identities.ts';
import { chooseFields } from './choose-fields.ts';
import { planCommand } from './plan-command.ts';
import { planRecords } from './plan-records.ts';
import { checkVolumeLimit } from './volume-limit.ts';

/**
 * Everything before the first call that changes something at the CRM: hold the contacts, judge, count, plan.
 * @returns the plan to carry out; nothing when the event ends or waits here.
 */
export async function begin(work: Work, tenant: TenantCrm, event: MergeEvent): Promise<Plan | undefined> {
  const held = await holdContacts(work, [event.survivorId, ...event.loserIds]);
  if ('behind' in held) {
    await waitForTurn(work, held.behind);
    return undefined;
  }
  const prepared = await prepare(work, tenant, event, held.roots);
  if ('plan' in prepared) return beginActing(work, prepared.plan);
  await releaseContacts(work, [...new Set(held.roots.values())]);
  if ('failure' in prepared)
    await retryLater(work, { reason: `crm-${prepared.failure.kind}`, error: prepared.failure });
  else await leaveEvent(work, prepared.leave);
  return undefined;
}

type Prepared = { plan: Plan } | { leave: Departure } | { failure: CrmError };

async function prepare(
  work: Work,
  tenant: TenantCrm,
  event: MergeEvent,
  roots: Map<string, string>,
): Promise<Prepared> {
  const verdict = judge(event, roots);
  if ('doubt' in verdict) return { leave: { state: 'parked', reason: verdict.doubt } };
  const { identities } = verdict;
  const limit = await checkVolumeLimit(work, identities.survivor, identities.absorbed.length, tenant.policy.limits);
  if (limit) return { leave: { state: 'held', reason: limit } };
  // Stored with whatever is stored next: a CRM that is down for hours must not count its retries against the tenant.
  work.record = { ...work.record, counted: true };
  const planned = await makePlan(work, tenant, event, identities);
  if ('doubt' in planned) return { leave: { state: 'parked', reason: planned.doubt } };
  if ('failure' in planned) {
    const reason = refusalOf(planned.failure);
    return reason === undefined ? planned : { leave: { state: 'parked', reason } };
  }
  const { plan } = planned;
  await storePlan(work.ledger, work.tenant, work.eventId, plan, work.now() + work.timing.journalMs);
  return tenant.policy.mode === 'live' ? { plan } : observed(plan);
}

const observed = (plan: Plan): Prepared => ({
  leave: { state: 'skipped', reason: 'observed', changes: { plan: plan.number } },
});

type Planned = { plan: Plan } | { doubt: string } | { failure: CrmError };

async function makePlan(work: Work, tenant: TenantCrm, event: MergeEvent, identities: Identities): Promise<Planned> {
  const { crm, policy } = tenant;
  const known = await readContacts(work, [identities.survivor, ...identities.absorbed]);
  const survivor = known.get(identities.survivor) ?? {};
  const chosen = chooseFields(event, identities, survivor.clocks ?? {}, policy);
  const planning = { event, identities, survivor, chosen, omit: policy.omitFields, known };
  try {
    if (crm.style === 'command') return { plan: await planCommand(work, planning) };
    return await planRecords(work, { ...tenant, crm }, planning);
  } catch (error) {
    if (error instanceof CrmError) return { failure: error };
    throw error;
  }
}

async function readContacts(work: Work, ids: string[]): Promise<Map<string, Contact>> {
  const read = async (id: string) => [id, (await readContact(work.ledger, work.tenant, id)).value] as const;
  return new Map(await inParallel(ids, read));
}

/** From here on the event keeps its contacts until its plan is over. */
async function beginActing(work: Work, plan: Plan): Promise<Plan> {
  const progress = {
    step: 0,
    sent: false,
    attempts: 0,
    ...(plan.survivorRecord !== undefined && { survivorRecord: plan.survivorRecord }),
  };
  const { turns: _turns, ...record } = work.record;
  await saveWorking(work, { ...record, plan: plan.number, progress, updatedAt: work.now() });
  return plan;
}
