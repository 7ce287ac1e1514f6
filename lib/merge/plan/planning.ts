import type { Contact } from '../../ledger/contacts.ts';
import type { Identities, Plan } from '../../ledger/plans.ts';
import type { ChosenFields } from './choose-fields.ts';
import { type EventPart, MAX_LOSERS_PER_PLAN } from './event-part.ts';

/** What a plan is made from. */
export interface Planning extends EventPart {
  identities: Identities;
  /** The survivor as the ledger knows it. */
  survivor: Contact;
  chosen: ChosenFields;
  /** Contacts that the event's last plan did not find in the CRM. */
  missing: readonly string[];
  /** Fields that never leave for the CRM. */
  omit: string[];
  /** Number of the plan to be made. */
  number: number;
  /** Milliseconds since 1970. */
  madeAt: number;
}

/** The parts that every plan has, whatever the CRM. */
export function planFacts({ number, madeAt, event, identities, chosen, done, of }: Planning) {
  return {
    ...(of > MAX_LOSERS_PER_PLAN && { part: { done, of } }),
    number,
    madeAt,
    triggeredAt: event.triggeredAt,
    identities,
    decisions: chosen.decisions,
    chosen: chosen.fields.map(({ key, cleared }) => ({ key, cleared })),
  } satisfies Partial<Plan>;
}
