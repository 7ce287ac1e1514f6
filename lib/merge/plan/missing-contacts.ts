import type { EventFacts } from '../../ledger/event-record.ts';
import type { Plan } from '../../ledger/plans.ts';
import type { ClaimedEvent } from '../claimed-event.ts';
import type { TenantCrm } from '../tenant-crm.ts';

type Missing = Pick<EventFacts, 'missing' | 'unknown'>;

/** What an event keeps of the contacts that its plan did not find in the CRM; nothing where it found them all. */
export function missingIn({ missing, unknownInCrm }: Pick<Plan, 'missing' | 'unknownInCrm'>): Missing {
  return missing.length === 0 ? {} : { missing, unknown: unknownInCrm ? 'all' : 'some' };
}

/**
 * Whether an operator is asked first who the missing contacts are; those are kept with the event. A contact of which it was
 * said that it has no record is asked after once.
 */
export function asksFirst(claimed: ClaimedEvent, { crm, policy }: TenantCrm, plan: Plan): boolean {
  if (crm.style !== 'record' || policy.whenMissing !== 'ask' || policy.mode !== 'live') return false;
  const { withoutRecord = [] } = claimed.record;
  const survivor = plan.survivorUnknown ? [plan.identities.survivor] : [];
  const asked = [...new Set([...survivor, ...plan.missing])].filter((contact) => !withoutRecord.includes(contact));
  if (asked.length > 0) claimed.record = { ...claimed.record, missing: asked };
  return asked.length > 0;
}
