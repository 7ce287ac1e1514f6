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
  fields: FieldChange[];
}

/** A field as it was and is to be; undefined: empty. */
export interface FieldChange {
  key: string;
  before: Json | undefined;
  after: Json | undefined;
  /** The merge writes it, be it with the value it has, or empty as it was. */
  isWritten: boolean;
}

/** Whether it differs afterwards. */
export const isChanged = ({ before, after }: FieldChange): boolean => JSON.stringify(before) !== JSON.stringify(after);

/**
 * Both records before and after: as the plan read them in the CRM, or as 尘锋 told them to a CRM that keeps its own.
 * What a CRM fills in by itself is not known here.
 */
export function beforeAndAfter(plan: Plan | undefined, event: MergeEvent | undefined): ContactChange[] {
  if (plan?.erased) return [];
  if (plan && plan.before.length > 0) return fromRecords(plan);
  return event ? fromEvent(event, plan) : [];
}

/** Whose values the table shows. */
export const areFromCrm = (plan: Plan | undefined): boolean => (plan?.before.length ?? 0) > 0;

function fromRecords(plan: Plan): ContactChange[] {
  const writes = plan.steps.flatMap((step): RecordWrite[] => ('write' in step && step.write ? [step.write] : []));
  const written: JsonObject = Object.assign({}, ...writes.map(({ values }) => values));
  return plan.before.map(({ recordId, contactId, values }) => {
    const isSurvivor = recordId === (plan.survivorRecord ?? plan.before[0]?.recordId);
    return change({ contactId, recordId, isSurvivor }, values, isSurvivor ? written : undefined);
  });
}

function fromEvent(event: MergeEvent, plan: Plan | undefined): ContactChange[] {
  const { survivorId, loserIds, old, changed, mergedContacts } = event;
  const survivor = { contactId: survivorId, recordId: undefined, isSurvivor: true };
  const only = loserIds.length === 1 ? loserIds[0] : undefined;
  const told = plan
    ? plan.steps.flatMap((step) => (step.kind === 'command' ? readFields(step.command.changed) : []))
    : changed;
  return [
    change(survivor, valuesOf(old), valuesOf(told)),
    ...mergedContacts
      .filter(isJsonObject)
      .map((loser) =>
        change({ contactId: only, recordId: undefined, isSurvivor: false }, valuesOf(readFields(loser)), undefined),
      ),
  ];
}

const valuesOf = (fields: Field[]): JsonObject =>
  Object.fromEntries(fields.map(({ key, value, cleared }) => [key, cleared ? null : value]));

/** The sender's other way to say `mobiles`. */
const TWICE = 'mobileList';

/** @param written into a survivor; a loser has no state afterwards. */
function change(
  who: Omit<ContactChange, 'fields'>,
  before: JsonObject,
  written: JsonObject | undefined,
): ContactChange {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(written ?? {})])].filter((key) => key !== TWICE);
  const fields = keys.map((key): FieldChange => {
    const isWritten = written !== undefined && Object.hasOwn(written, key);
    const after = isWritten ? notBlank(written[key]) : written && filled(before[key]);
    return { key, before: filled(before[key]), after, isWritten };
  });
  return { ...who, fields: fields.filter((one) => one.before !== undefined || one.isWritten) };
}

const notBlank = (value: Json | undefined): Json | undefined =>
  value === undefined || isBlank(value) ? undefined : value;

/** The sender writes zeros and empty texts for what it does not know. */
const filled = (value: Json | undefined): Json | undefined => (value === 0 ? undefined : notBlank(value));

/** A value as text, for one who may see it. */
export const shownValue = (value: Json): string =>
  Array.isArray(value)
    ? value.map(shownValue).join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
