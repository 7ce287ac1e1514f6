import type { EventFacts } from '../../ledger/event-record.ts';
import type { Plan } from '../../ledger/plans.ts';
import type { TenantCrm } from '../tenant-crm.ts';

type Missing = Pick<EventFacts, 'missing' | 'unknown'>;

/** What an event keeps of the contacts that its plan did not find in the CRM; nothing where it found them all. */
export function missingIn({ missing, unknownInCrm }: Pick<Plan, 'missing' | 'unknownInCrm'>): Missing {
  return missing.length === 0 ? {} : { missing, unknown: unknownInCrm ? 'all' : 'some' };
}

/**
 * The contacts without a record that an operator is asked after before anything is merged. One of which it was said that it
 * has no record is asked after once.
 */
export function contactsToAskAfter(
  { withoutRecord = [] }: Pick<EventFacts, 'withoutRecord'>,
  { policy }: Pick<TenantCrm, 'policy'>,
  unknown: string[],
): string[] {
  if (policy.whenMissing !== 'ask' || policy.mode !== 'live') return [];
  return unknown.filter((contact) => !withoutRecord.includes(contact));
}
