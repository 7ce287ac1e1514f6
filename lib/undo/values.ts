import { isBlank, type Json } from '../json.ts';
import type { PropertyValue } from '../ports.ts';

/** Whether two values of a property say the same: a CRM may give a number as text, and a list joined by `;`. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return textOf(one) === textOf(other);
}

function textOf(value: Json | undefined): string {
  if (value === undefined || isBlank(value)) return '';
  if (Array.isArray(value)) return value.map(String).join(';');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** As a write takes it; undefined for what no write can say, an address in parts for example. */
export function asWritten(value: Json | undefined): PropertyValue | undefined {
  if (value === undefined || isBlank(value)) return null;
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? (value as string[]) : undefined;
  return typeof value === 'object' ? undefined : value;
}
