import type { CrmError } from '../../errors.ts';

/** What became of a plan for now. */
export type PlanOutcome =
  | { end: 'done' }
  /** The CRM knows none of these contacts. */
  | { end: 'unknown-contacts' }
  /** Refused for good, or contradicted: for a human. */
  | { end: 'refused'; reason: string }
  /** The CRM could not be asked, or did not answer. */
  | { end: 'failed'; error: CrmError }
  | { end: 'out-of-time' };

/** What became of one step. */
export type StepOutcome =
  | { done: { survivorRecord?: string } }
  | { again: true }
  | Exclude<PlanOutcome, { end: 'done' } | { end: 'out-of-time' }>;

/** Why an event is parked after this failure; undefined for those that time may cure. */
export function refusalOf({ kind, code }: CrmError): string | undefined {
  if (kind === 'auth') return 'crm-auth';
  return kind === 'permanent' ? `crm-refused:${code ?? 'no-code'}` : undefined;
}
