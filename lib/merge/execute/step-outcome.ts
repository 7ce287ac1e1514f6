import type { CrmError } from '../../errors.ts';
import type { ReasonOf } from '../../ledger/reasons.ts';

/** What became of a plan for now. */
export type PlanOutcome =
  | { end: 'done' }
  /** The CRM knows none of these contacts. */
  | { end: 'unknown-contacts' }
  /** Refused for good, or contradicted: for an operator. */
  | { end: 'refused'; reason: ReasonOf<'parked'> }
  /** The CRM could not be asked, or did not answer. */
  | { end: 'failed'; error: CrmError }
  | { end: 'out-of-time' };

/** What became of one step. */
export type StepOutcome =
  | { done: { survivorRecord?: string } }
  /** The CRM says it has not happened: send it again. */
  | { again: true }
  | Exclude<PlanOutcome, { end: 'done' } | { end: 'out-of-time' }>;

/** Why an event is parked after this failure; undefined for those that time may cure. */
export function parkReasonOf({ kind, code }: CrmError): ReasonOf<'parked'> | undefined {
  if (kind === 'auth') return withCode('crm-auth', code);
  return kind === 'permanent' ? `crm-refused:${code ?? 'no-code'}` : undefined;
}

/** Why an event waits after a failure that time may cure, with the CRM's own code, which says what to look at. */
export const waitReasonOf = ({ kind, code }: CrmError): ReasonOf<'waiting'> =>
  withCode(`crm-${kind as 'retry-soon' | 'retry-after' | 'ambiguous'}`, code);

const withCode = <R extends string>(reason: R, code: string | undefined): R | `${R}:${string}` =>
  code === undefined ? reason : `${reason}:${code}`;
