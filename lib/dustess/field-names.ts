import { CallbackRefused } from '../errors.ts';
import type { Json } from '../json.ts';

/** A value under any of these names, whatever their case and underscores; numbers become their digits. */
export function readField(part: Record<string, unknown>, names: readonly string[]): string | undefined {
  for (const name of names)
    for (const [key, value] of Object.entries(part)) {
      if (key.toLowerCase().replaceAll('_', '') !== name) continue;
      if (typeof value === 'string') return value;
      if (typeof value === 'number') return String(value);
    }
  return undefined;
}

const LONGEST_ID_BYTES = 512; // Ids are parts of table keys, which end at 2048 bytes.

/** Of 1 to 512 bytes, and the same text after a way through UTF-8: half a character pair would become another's id. */
export function isUsableId(id: string): boolean {
  const bytes = Buffer.from(id, 'utf8');
  return bytes.length > 0 && bytes.length <= LONGEST_ID_BYTES && bytes.toString('utf8') === id;
}

/** A number is an id only as far as JSON keeps it exact: beyond that, two ids would look like one. */
export function idText(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** An envelope's id, if it has one. @throws CallbackRefused when it is none that can be kept. */
export function readId(value: Json | undefined): string | undefined {
  const id = idText(value);
  if (id === undefined || id === '') return undefined;
  if (!isUsableId(id)) throw new CallbackRefused('unreadable-envelope');
  return id;
}
