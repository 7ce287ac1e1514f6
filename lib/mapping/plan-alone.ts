import type { MergeEvent } from '../event.ts';
import { createLedger } from '../ledger/ledger.ts';
import type { Plan } from '../ledger/plans.ts';
import type { ReasonOf } from '../ledger/reasons.ts';
import { checkIdentities } from '../merge/plan/check-identities.ts';
import { chooseFields } from '../merge/plan/choose-fields.ts';
import { nextPart } from '../merge/plan/event-part.ts';
import { planCommand } from '../merge/plan/plan-command.ts';
import { planRecords } from '../merge/plan/plan-records.ts';
import type { FieldMapping, MergePolicy } from '../merge/policy.ts';
import type { Documents, RecordCrm, RecordCrmRules } from '../ports.ts';

/** What of a tenant decides a plan. */
export interface PlanningTenant {
  policy: MergePolicy;
  mapping: FieldMapping;
  /** Of a CRM of records; `command` for one that merges by itself. */
  rules: RecordCrmRules | 'command';
}

/**
 * The plan that the service would make for an event about contacts it has never heard of, by the same code; nothing is
 * called and nothing is stored.
 * @param values what every record of a CRM of records holds, by property.
 */
export async function planAlone(
  event: MergeEvent,
  { policy, mapping, rules }: PlanningTenant,
  values: { [property: string]: string },
): Promise<{ plan: Plan } | { conflict: ReasonOf<'parked'> }> {
  const part = nextPart(event, 0);
  const checked = checkIdentities(part, new Map());
  if ('conflict' in checked) return checked;
  const { identities } = checked;
  const chosen = chooseFields(event, identities, {}, policy);
  const facts = { survivor: {}, omit: policy.omitFields, missing: [], number: 1, madeAt: event.triggeredAt };
  const planning = { ...part, identities, chosen, ...facts };
  const ledger = createLedger({ events: NOTHING_KNOWN, ledger: NOTHING_KNOWN }, 'TENANT');
  if (rules === 'command') return { plan: await planCommand(planning, ledger) };
  return planRecords(planning, ledger, { policy, mapping, crm: recordsOf(rules, values), known: new Map() });
}

/** Documents of a deployment that has never had an event. */
export const NOTHING_KNOWN: Documents = {
  get: () => Promise.resolve(undefined),
  getMany: (keys) => Promise.resolve(keys.map(() => undefined)),
  put: () => Promise.resolve(false),
  all: () => Promise.resolve([]),
  listed: () => Promise.resolve([]),
  add: () => Promise.resolve(0),
};

/** A CRM that has one record for each contact it is asked for. A plan looks records up and does no more. */
function recordsOf(rules: RecordCrmRules, values: { [property: string]: string }): RecordCrm {
  const refuse = () => Promise.reject(new Error('a plan changes nothing'));
  return {
    style: 'record',
    name: 'none',
    rules,
    find: async (ids) => ids.map((id) => ({ asked: id, record: { recordId: id, contactId: id, values } })),
    locate: async () => new Map(),
    merge: refuse,
    update: refuse,
  };
}
