import type { Json } from '../json.ts';

const MAX_ID_BYTES = 512; // Ids are parts of table keys, which end at 2048 bytes.

const HALF_CHARACTER = /\p{Surrogate}/u; // Through UTF-8 it would become another's id.

/** Of 1 to 512 bytes, and the same text after a way through UTF-8. */
export function isUsableId(id: string): boolean {
  return id !== '' && Buffer.byteLength(id) <= MAX_ID_BYTES && !HALF_CHARACTER.test(id);
}

/** A number is an id only as far as JSON keeps it exact: beyond that, two ids would look like one. */
export function idText(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' ? value : undefined;
}

// Control and format characters (a terminal obeys them, a reader does not see them), line ends, noncharacters.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;
const DERIVED = /^sha256-[0-9a-f]{64}$/;

/**
 * An event's id as an envelope gives it. An id that cannot be kept or shown is none, and so is one in the form of a
 * derived id: the event is then known by its content.
 */
export function readEventId(value: Json | undefined): string | undefined {
  const id = idText(value);
  if (id === undefined || id.trim() === '' || !isUsableId(id)) return undefined;
  return UNPRINTABLE.test(id) || DERIVED.test(id) ? undefined : id;
}

/** The id of an event that has none of its own. @param digest SHA-256 of its content, hex. */
export const derivedEventId = (digest: string) => `sha256-${digest}`;
