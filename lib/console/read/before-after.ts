import { readFields } from '../../dustess/merge-event.ts';
import type { Field, MergeEvent } from '../../event.ts';
import { isBlank, isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Plan } from '../../ledger/plans.ts';
import type { RecordWrite } from '../../ports.ts';

/** One contact of a merge, as it was and as it is to be. */
export interface ContactChange {
  /** 尘锋 id; unknown for a loser that a command-style CRM was told of. */
  contactId: string | undefined;
  recordId: string | undefined;
  isSurvivor: boolean;
  fields: { key: string; before: Json | undefined; after: Json | undefined }[];
}

/**
 * Both records before and after: as the plan read them in the CRM, or as 尘锋 told them to a CRM that keeps its own.
 * What a CRM fills in by itself is not known here.
 */
export function beforeAndAfter(plan: Plan | undefined, event: MergeEvent | undefined): ContactChange[] {
  if (plan && plan.before.length > 0) return fromRecords(plan);
  return event ? fromEvent(event) : [];
}

/** Whose values the table shows. */
export const areFromCrm = (plan: Plan | undefined): boolean => (plan?.before.length ?? 0) > 0;

function fromRecords(plan: Plan): ContactChange[] {
  const writes = plan.steps.flatMap((step): RecordWrite[] => ('write' in step && step.write ? [step.write] : []));
  const written: JsonObject = Object.assign({}, ...writes.map(({ values }) => values));
  return plan.before.map(({ recordId, contactId, values }) => {
    const isSurvivor = recordId === (plan.survivorRecord ?? plan.before[0]?.recordId);
    return change({ contactId, recordId, isSurvivor }, values, isSurvivor ? { ...values, ...written } : {});
  });
}

function fromEvent({ survivorId, loserIds, old, changed, mergedContacts }: MergeEvent): ContactChange[] {
  const before = valuesOf(old);
  const survivor = { contactId: survivorId, recordId: undefined, isSurvivor: true };
  const only = loserIds.length === 1 ? loserIds[0] : undefined;
  return [
    change(survivor, before, { ...before, ...valuesOf(changed) }),
    ...mergedContacts
      .filter(isJsonObject)
      .map((loser) =>
        change({ contactId: only, recordId: undefined, isSurvivor: false }, valuesOf(readFields(loser)), {}),
      ),
  ];
}

const valuesOf = (fields: Field[]): JsonObject =>
  Object.fromEntries(fields.map(({ key, value, cleared }) => [key, cleared ? null : value]));

/** The sender's other way to say `mobiles`. */
const TWICE = 'mobileList';

function change(who: Omit<ContactChange, 'fields'>, before: JsonObject, after: JsonObject): ContactChange {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => key !== TWICE);
  const fields = keys.map((key) => ({ key, before: filled(before[key]), after: filled(after[key]) }));
  return { ...who, fields: fields.filter((field) => field.before !== undefined || field.after !== undefined) };
}

/** The sender writes zeros and empty texts for what it does not know. */
function filled(value: Json | undefined): Json | undefined {
  return value === undefined || value === 0 || isBlank(value) ? undefined : value;
}
