import { CrmError } from '../../errors.ts';
import type { FieldClocks } from '../../ledger/contacts.ts';
import type { Identities, Plan } from '../../ledger/plans.ts';
import type { ReasonOf } from '../../ledger/reasons.ts';
import type { Change } from '../../ledger/transitions.ts';
import { type ClaimedEvent, move, stage } from '../claimed-event.ts';
import { lockContacts, unlockContacts } from '../contact-locks.ts';
import { parkReasonOf, waitReasonOf } from '../execute/step-outcome.ts';
import { retryLater, waitForContacts } from '../reschedule.ts';
import type { TenantCrm } from '../tenant-crm.ts';
import { checkIdentities } from './check-identities.ts';
import { type ChosenFields, chooseFields } from './choose-fields.ts';
import { type EventPart, isLastPart } from './event-part.ts';
import { isSeparated } from './is-separated.ts';
import { contactsToAskAfter, missingIn } from './missing-contacts.ts';
import { planCommand } from './plan-command.ts';
import { planRecords } from './plan-records.ts';
import type { Planning } from './planning.ts';
import { checkVolumeLimit } from './volume-limit.ts';

/**
 * Everything before the first call that changes something at the CRM: lock the contacts, check who is who, count, plan.
 * @returns the plan to execute; nothing when the event ends or waits here. @throws LeaseLost
 */
export async function preparePlan(
  claimed: ClaimedEvent,
  tenant: TenantCrm,
  part: EventPart,
): Promise<Plan | undefined> {
  const { event } = part;
  const locked = await lockContacts(claimed, [event.survivorId, ...event.loserIds]);
  if ('behind' in locked) {
    await waitForContacts(claimed, locked);
    return undefined;
  }
  const prepared = await prepare(claimed, tenant, part, locked.roots);
  if ('plan' in prepared) return startPlan(claimed, prepared.plan);
  await unlockContacts(claimed);
  if ('failure' in prepared)
    await retryLater(claimed, { reason: waitReasonOf(prepared.failure), error: prepared.failure });
  else await move(claimed, prepared.leave);
  return undefined;
}

/** A CRM that cannot be asked now: time may cure it. */
type Passing = CrmError & { kind: Exclude<CrmError['kind'], 'auth' | 'permanent'> };
type Prepared = { plan: Plan } | { leave: Change } | { failure: Passing };

async function prepare(
  claimed: ClaimedEvent,
  tenant: TenantCrm,
  part: EventPart,
  roots: Map<string, string>,
): Promise<Prepared> {
  const checked = checkIdentities(part, roots);
  if ('conflict' in checked) return park(checked.conflict);
  if (await isSeparated(claimed)) return park('undone-by-operator');
  const identities = withMissing(checked.identities, claimed, part, roots);
  const limit = await reachedLimit(claimed, tenant, identities, part);
  if (limit) return { leave: { on: 'hold', reason: limit } };
  // Stored with whatever is stored next: a CRM that is down for hours must not count its retries against the tenant.
  claimed.record = { ...claimed.record, counted: true };
  const planned = await makePlan(claimed, tenant, part, identities);
  if ('conflict' in planned) return park(planned.conflict);
  if ('failure' in planned) return afterFailure(planned.failure);
  const asked = contactsToAskAfter(claimed.record, tenant, planned.unknown);
  if (asked.length > 0) return { leave: { on: 'park', reason: 'unlinked', missing: asked } };
  return keepPlan(claimed, tenant, planned.plan);
}

/** Losers that the event's last plan did not find were merged in the ledger only: they are to be merged as before. */
function withMissing(
  identities: Identities,
  { record }: ClaimedEvent,
  { event }: EventPart,
  roots: Map<string, string>,
) {
  const missing = new Set(record.missing ?? []);
  const late = event.loserIds.filter((id) => missing.has(id) && roots.get(id) === identities.survivor);
  return { ...identities, absorbed: [...identities.absorbed, ...new Set(late)] };
}

const park = (reason: ReasonOf<'parked'>): Prepared => ({ leave: { on: 'park', reason } });

/** The first part of an event counts for all of it. */
async function reachedLimit(
  { ledger, record, deps, contacts }: ClaimedEvent,
  { policy }: TenantCrm,
  identities: Identities,
  part: EventPart,
) {
  if (record.released || record.counted) return undefined;
  const merges = isLastPart(part) ? identities.absorbed.length : part.of;
  const survivor = contacts.get(identities.survivor)?.value ?? {};
  return checkVolumeLimit(ledger.counters, { survivor, merges, now: deps.now() }, policy.limits);
}

function afterFailure(failure: CrmError): Prepared {
  const reason = parkReasonOf(failure);
  return reason === undefined ? { failure: failure as Passing } : park(reason);
}

async function keepPlan({ ledger, record, deps }: ClaimedEvent, tenant: TenantCrm, made: Plan): Promise<Prepared> {
  const { policy, crm } = tenant;
  const plan = { ...made, crm: crm.name };
  await ledger.plans.store(record.eventId, plan, deps.now() + deps.timing.journalMs);
  return policy.mode === 'live'
    ? { plan }
    : { leave: { on: 'observe', reason: 'observed', plan: plan.number, ...missingIn(plan) } };
}

type Planned = { plan: Plan; unknown: string[] } | { conflict: ReasonOf<'parked'> } | { failure: CrmError };

async function makePlan(
  { ledger, record, deps, contacts }: ClaimedEvent,
  tenant: TenantCrm,
  part: EventPart,
  identities: Identities,
): Promise<Planned> {
  const known = new Map([...contacts].map(([id, { value }]) => [id, value]));
  const survivor = known.get(identities.survivor) ?? {};
  const clocks = survivor.clocks ?? {};
  const chosen = isLastPart(part) ? chooseFields(part.event, identities, clocks, tenant.policy) : NO_FIELDS;
  const facts = {
    number: record.plan + 1,
    madeAt: deps.now(),
    omit: tenant.policy.omitFields,
    missing: record.missing ?? [],
  };
  const planning: Planning = { ...part, identities, survivor, chosen, ...facts };
  try {
    const { crm } = tenant;
    // What a CRM that merges by itself does not know, it says in its answer.
    if (crm.style === 'command') return { plan: withClocks(await planCommand(planning, ledger), clocks), unknown: [] };
    const planned = await planRecords(planning, ledger, { ...tenant, crm, known });
    return 'plan' in planned ? { ...planned, plan: withClocks(planned.plan, clocks) } : planned;
  } catch (error) {
    if (error instanceof CrmError) return { failure: error };
    throw error;
  }
}

/** What the event's own clocks will overwrite. */
function withClocks(plan: Plan, clocks: FieldClocks): Plan {
  const keys = new Set([...plan.chosen.map(({ key }) => key), ...plan.restated]);
  const before = Object.entries(clocks).filter(([key]) => keys.has(key));
  return before.length > 0 ? { ...plan, clocksBefore: Object.fromEntries(before) } : plan;
}

const NO_FIELDS: ChosenFields = { fields: [], decisions: [] };

/** From the first intent on, which is stored along with this, the event keeps its contacts until its plan is over. */
function startPlan(claimed: ClaimedEvent, plan: Plan): Plan {
  const { survivorRecord } = plan;
  const progress = { step: 0, sent: false, attempts: 0, ...(survivorRecord !== undefined && { survivorRecord }) };
  stage(claimed, { on: 'start-plan', plan: plan.number, progress });
  return plan;
}
