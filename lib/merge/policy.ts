import type { Field } from '../event.ts';
import type { PropertyValue } from '../ports.ts';

/** What a tenant wants done with its events. */
export interface MergePolicy {
  /** `observe` makes the full plan and writes nothing to the CRM. */
  mode: 'live' | 'observe';
  /** Which of the event's fields are written: what it changed, all it knows of the survivor, or none. */
  fields: 'changed' | 'snapshot' | 'none';
  /** When neither survivor nor losers are in the CRM. */
  whenMissing: 'skip' | 'create';
  /** Fields that never leave for the CRM. */
  omitFields: string[];
  limits: { mergesPerHour: number; mergesPerSurvivorPerDay: number };
}

export const DEFAULT_POLICY: MergePolicy = {
  mode: 'live',
  fields: 'changed',
  whenMissing: 'skip',
  omitFields: ['idCard'],
  limits: { mergesPerHour: 5_000, mergesPerSurvivorPerDay: 500 },
};

/** One property to write, and the field it comes from. */
export interface MappedField {
  /** The 尘锋 field's key, whose clock decides. */
  key: string;
  property: string;
  value: PropertyValue;
  /** `if-empty`: only where the CRM has nothing; never clears. */
  overwrite: 'always' | 'if-empty';
}

/** A tenant's field mapping, ready for use. Pure. */
export interface FieldMapping {
  /** Every CRM property it may write, for reading them before. */
  properties: string[];
  /** `problems` name the field and what is wrong with it, never its value; such a field is left alone. */
  map(fields: Field[]): { mapped: MappedField[]; problems: { key: string; problem: string }[] };
}
