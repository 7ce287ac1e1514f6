import type { Field, MergeEvent } from '../event.ts';
import type { Json } from '../json.ts';
import type { FieldDecision, Plan } from '../ledger/plans.ts';
import type { MappedField } from '../merge/policy.ts';
import type { MergeCommand, PropertyValues } from '../ports.ts';
import { type PlanningTenant, planAlone } from './plan-alone.ts';

/** One field of an event and what becomes of it. */
export interface CheckedField {
  key: string;
  value: Json;
  /** `unchanged`: the event has it only as it was before the merge. */
  decision: FieldDecision['decision'] | 'unchanged';
  /** As they stand in the write; none where the property keeps what it has. */
  writes: Pick<MappedField, 'property' | 'value' | 'overwrite'>[];
  problem?: string;
}

export interface MappingCheck {
  fields: CheckedField[];
  /** Mapped fields that this event does not have. */
  absent: string[];
  /** What the survivor's record would get, were its properties empty: the fields' and the losers' ids. */
  write: PropertyValues;
  /** Properties of `write` that are left alone where the record has a value. */
  onlyWhereEmpty: string[];
  /** What a CRM that merges by itself would be sent. */
  command?: MergeCommand;
  /** Why the event would be parked instead. */
  conflict?: string;
}

/**
 * What the service would write for an event, by its own planning. Calls and stores nothing.
 * The result holds the given values: for the operator's own terminal, never for a log.
 * @param keys the mapped fields.
 */
export async function checkMapping(tenant: PlanningTenant, event: MergeEvent, keys: string[]): Promise<MappingCheck> {
  const everywhere = Object.fromEntries(tenant.mapping.properties.map((property) => [property, 'a value']));
  const [empty, full] = [await planAlone(event, tenant, {}), await planAlone(event, tenant, everywhere)];
  const present = new Set([...event.changed, ...event.old].map(({ key }) => key));
  const absent = keys.filter((key) => !present.has(key));
  if ('conflict' in empty) return { fields: [], absent, write: {}, onlyWhereEmpty: [], conflict: empty.conflict };
  const write = writeOf(empty.plan);
  const written = 'plan' in full ? writeOf(full.plan) : {};
  const [command] = empty.plan.steps.flatMap((step) => (step.kind === 'command' ? [step.command] : []));
  return {
    fields: fieldsOf(event).map((field) => checkField(field, tenant, empty.plan, write)),
    absent,
    write,
    onlyWhereEmpty: Object.keys(write).filter((property) => !(property in written)),
    ...(command && { command }),
  };
}

/** All that an event says of the survivor: what it changed, and what it was where nothing changed. */
function fieldsOf({ changed, old }: MergeEvent): Field[] {
  const keys = new Set(changed.map(({ key }) => key));
  return [...changed, ...old.filter(({ key }) => !keys.has(key))];
}

function writeOf({ steps }: Plan): PropertyValues {
  const writes = steps.flatMap((step) => ('write' in step && step.write ? [step.write.values] : []));
  return Object.assign({}, ...writes);
}

function checkField(field: Field, { mapping }: PlanningTenant, plan: Plan, write: PropertyValues): CheckedField {
  const { key, value } = field;
  const decision = plan.decisions.find((one) => one.key === key)?.decision ?? 'unchanged';
  const { mapped, problems } = mapping.map([field]);
  const inWrite = mapped.filter(({ property }) => decision === 'write' && property in write);
  const writes = inWrite.map(({ property, value, overwrite }) => ({ property, value, overwrite }));
  const [problem] = decision === 'write' ? problems : [];
  return { key, value, decision, writes, ...(problem && { problem: problem.problem }) };
}
