import type { InferOutput } from 'valibot';
import type { PolicySchema } from '../config.ts';
import type { Field } from '../event.ts';
import type { PropertyValue } from '../ports.ts';

/**
 * What a tenant wants done with its events; the schema has the defaults. `mode: observe` makes the full plan and writes
 * nothing to the CRM; `fields` says which of the event's fields are written: what it changed, all it knows of the
 * survivor, or none; `whenMissing` what happens when neither survivor nor losers are in the CRM; `omitFields` never
 * leave for the CRM.
 */
export type MergePolicy = InferOutput<typeof PolicySchema>;

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
