import { CallbackRefused } from '../errors.ts';
import type { Json, JsonObject } from '../event.ts';

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value under any of these names, whatever their case and underscores; numbers become their digits. */
export function spelled(part: Record<string, unknown>, names: readonly string[]): string | undefined {
  for (const name of names)
    for (const [key, value] of Object.entries(part)) {
      if (key.toLowerCase().replaceAll('_', '') !== name) continue;
      if (typeof value === 'string') return value;
      if (typeof value === 'number') return String(value);
    }
  return undefined;
}

const LONGEST_ID_BYTES = 512; // Ids are parts of table keys, which end at 2048 bytes.

export const isUsableId = (id: string) => id !== '' && Buffer.byteLength(id, 'utf8') <= LONGEST_ID_BYTES;

/** An envelope's id, if it has one. @throws CallbackRefused when it is longer than any id may be. */
export function readId(value: Json | undefined): string | undefined {
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id !== 'string' || id === '') return undefined;
  if (!isUsableId(id)) throw new CallbackRefused('unreadable-envelope');
  return id;
}
