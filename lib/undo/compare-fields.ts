import { isBlank, type Json, type JsonObject } from '../json.ts';
import type { Plan, Step } from '../ledger/plans.ts';
import type { FieldOutcome, RestoredField } from '../ledger/undo-plans.ts';
import { type CrmRecord, fillsBlank, type PropertyValues, type RecordCrmRules } from '../ports.ts';
import { asWritten, isSame } from './values.ts';

/** A property of one contact, as it was, as the merge left it and as it is. */
export interface FieldReport {
  property: string;
  outcome: FieldOutcome;
  before: Json;
  after: Json;
  now: Json;
}

/** The two sides of a merge as its plan read them. */
export interface Sides {
  survivor: CrmRecord;
  losers: CrmRecord[];
}

/** @returns undefined where the plan kept no record of the survivor. */
export function sidesOf({ before, survivorRecord }: Plan): Sides | undefined {
  const survivor = before.find(({ recordId }) => recordId === survivorRecord);
  return survivor && { survivor, losers: before.filter((record) => record !== survivor) };
}

/** The properties of the survivor that the merge changed, with the value that it left: what it wrote, and blanks that it filled. */
export function changedByMerge(
  plan: Plan,
  { survivor, losers }: Sides,
  fillsBlanks: RecordCrmRules['fillsBlanks'],
): Map<string, Json> {
  const filled = filledFrom(survivor, losers).filter(([property]) => fillsBlank({ fillsBlanks }, property));
  const after = new Map<string, Json>(filled);
  for (const [property, value] of Object.entries(writtenBy(plan.steps))) after.set(property, value);
  return new Map([...after].filter(([property, value]) => !isSame(value, survivor.values[property])));
}

function filledFrom(survivor: CrmRecord, losers: CrmRecord[]): [string, Json][] {
  const filled = losers.flatMap(({ values }) =>
    Object.entries(values).filter(([property, value]) => !isBlank(value) && isBlank(survivor.values[property])),
  );
  return filled.reverse(); // The first loser that has a value fills the blank.
}

const writtenBy = (steps: Step[]): PropertyValues =>
  Object.assign({}, ...steps.map((step) => ('write' in step ? step.write?.values : undefined)));

/** Compares each property that the merge changed with what it is now. Pure. */
export function compareFields(
  before: JsonObject,
  changed: Map<string, Json>,
  now: JsonObject,
  writable: ReadonlySet<string>,
): FieldReport[] {
  return [...changed].map(([property, after]) => {
    const values = { before: before[property] ?? null, after, now: now[property] ?? null };
    return { property, outcome: outcomeOf(values, writable.has(property)), ...values };
  });
}

function outcomeOf({ before, after, now }: Pick<FieldReport, 'before' | 'after' | 'now'>, isWritable: boolean) {
  if (isSame(now, before)) return 'as-before';
  if (!isSame(now, after)) return 'kept';
  return isWritable && asWritten(before) !== undefined ? 'restore' : 'cannot';
}

/** What is written back; each only while it has the value that the merge left. */
export function restoredFields(reports: FieldReport[]): RestoredField[] {
  return reports.flatMap(({ property, outcome, before, after }) => {
    const to = asWritten(before);
    return outcome === 'restore' && to !== undefined ? [{ property, from: after, to }] : [];
  });
}
