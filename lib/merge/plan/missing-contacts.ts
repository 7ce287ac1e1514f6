import type { EventFacts } from '../../ledger/event-record.ts';
import type { Plan } from '../../ledger/plans.ts';

type Missing = Pick<EventFacts, 'missing' | 'unknown'>;

/** What an event keeps of the contacts that its plan did not find in the CRM; nothing where it found them all. */
export function missingIn({ missing, unknownInCrm }: Pick<Plan, 'missing' | 'unknownInCrm'>): Missing {
  return missing.length === 0 ? {} : { missing, unknown: unknownInCrm ? 'all' : 'some' };
}
