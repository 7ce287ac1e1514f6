import type { PropertyValue, PropertyValues } from '../../ports.ts';

/** A field to set, or `null` to empty it. */
export type FieldValue = string | number | boolean | null;
export type FieldValues = { [field: string]: FieldValue };

/** Multi-select picklists are `a;b`; an empty text and an empty list are no value. */
export const fieldsOf = (values: PropertyValues): FieldValues =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [field, fieldValue(value)]));

function fieldValue(value: PropertyValue): FieldValue {
  if (Array.isArray(value)) return value.length > 0 ? value.join(';') : null;
  return value === '' ? null : value;
}
