import type { PropertyValue, PropertyValues, RecordWrite } from '../../ports.ts';

/** A field to set, or `null` to empty it. */
export type FieldValue = string | number | boolean | null;

/** Multi-select picklists are `a;b`; an empty text and an empty list are no value. */
export function fieldValue(value: PropertyValue): FieldValue {
  if (Array.isArray(value)) return value.length > 0 ? value.join(';') : null;
  return value === '' ? null : value;
}

/** All fields of a write, the id field included. */
export function fieldsOf(write: RecordWrite | undefined, idField: string): { [field: string]: FieldValue } {
  const values: PropertyValues = { ...write?.values };
  if (write?.contactId !== undefined) values[idField] = write.contactId;
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, fieldValue(value)]));
}

/** Ids come with 15 characters or with 18: the last three only repeat the case of the others. */
export const idKey = (recordId: string): string => recordId.slice(0, 15);
