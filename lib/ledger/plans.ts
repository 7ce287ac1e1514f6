import type { Field } from '../event.ts';
import type { Identities } from '../merge/plan/check-identities.ts';
import type { FieldDecision } from '../merge/plan/choose-fields.ts';
import type { CrmRecord, DocumentKey, Documents, MergeCommand, RecordWrite } from '../ports.ts';

/** One call at the CRM. Frozen with the plan: a retry never says something else. */
export type Step =
  | { kind: 'command'; key: string; command: MergeCommand }
  /** `contacts` are the losers whose records these are. */
  | { kind: 'merge'; losers: string[]; contacts: string[]; write?: RecordWrite }
  | { kind: 'update'; write: RecordWrite }
  | { kind: 'create'; write: RecordWrite };

/** What an event comes to, stored before the first call: who is who, what will be merged and written, and why. */
export interface Plan {
  number: number;
  madeAt: number;
  /** The event's own time, milliseconds: what its fields' clocks will say. */
  triggeredAt: number;
  identities: Identities;
  /** For every field of the event: written, or why not. */
  decisions: FieldDecision[];
  /** Fields that the mapping could not convert, without their values. */
  problems: { key: string; problem: string }[];
  steps: Step[];
  /** Fields whose clock this event sets. */
  chosen: Pick<Field, 'key' | 'cleared'>[];
  /** Fields of earlier events that are written (again) along with it. */
  restated: string[];
  /** The survivor's record before the first step, if there is one. */
  survivorRecord?: string;
  /** Both sides' records as they were before the merge; empty for command-style CRMs, which keep their own. */
  before: CrmRecord[];
  /** Nothing of it is known in the CRM, and nothing is to be created. */
  unknownInCrm: boolean;
}

const planKey = (tenant: string, eventId: string, number: number): DocumentKey => ({
  tenant,
  kind: 'plan',
  id: eventId,
  sort: String(number).padStart(4, '0'),
});

/** Overwrites a plan of the same number that a worker left before it acted on it. */
export async function storePlan(ledger: Documents, tenant: string, eventId: string, plan: Plan, expiresAt: number) {
  const key = planKey(tenant, eventId, plan.number);
  for (;;) {
    const found = await ledger.get<Plan>(key);
    if (await ledger.put(key, plan, { expected: found?.version ?? 0, expiresAt })) return;
  }
}

export async function readPlan(ledger: Documents, tenant: string, eventId: string, number: number) {
  return (await ledger.get<Plan>(planKey(tenant, eventId, number)))?.value;
}
