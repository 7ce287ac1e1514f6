import type { Ledger } from '../../ledger/ledger.ts';
import type { CrmRecord } from '../../ports.ts';
import type { Found } from './find-records.ts';
import type { Planning } from './planning.ts';

/**
 * Records of the event's losers that an earlier plan of it found, and that have none of their own by now: its call may
 * have merged them after the plan was given up, and the CRM have filled the survivor with their values.
 */
export async function mergedBefore(
  { event, number, identities }: Planning,
  { plans }: Pick<Ledger, 'plans'>,
  { losers, heir }: Found,
): Promise<CrmRecord[]> {
  const has = new Set([...losers.map(({ contact }) => contact), heir]);
  const gone = new Set(identities.absorbed.filter((contact) => !has.has(contact)));
  if (number <= 1 || gone.size === 0) return [];
  const earlier = (await plans.all(event.eventId)).filter((plan) => plan.number < number);
  return earlier.flatMap(({ before }) => before).filter(({ contactId = '' }) => gone.has(contactId));
}
