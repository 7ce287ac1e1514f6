import { createHash } from 'node:crypto';
import { derivedEventId, readEventId } from '../dustess/ids.ts';
import type { CallbackInput } from './callback-input.ts';

/**
 * The id under which the service knows an event that is sent with this one: an id that cannot be kept or shown gives way
 * to one that comes from the content. @returns undefined for a captured callback, whose content is sealed.
 */
export function knownId(id: string, input: CallbackInput): string | undefined {
  const kept = readEventId(id);
  if (kept !== undefined || 'captured' in input) return kept;
  return derivedEventId(createHash('sha256').update(JSON.stringify(input.body)).digest('hex'));
}
