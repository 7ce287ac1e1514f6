import type { Identities } from '../../ledger/plans.ts';
import type { EventPart } from './event-part.ts';

export type CheckedIdentities =
  | { conflict: 'self-merge' | 'cycle' | 'loser-claimed-twice' }
  | { identities: Identities };

/**
 * Decides without guessing what an event means for the contacts as they are now.
 * @param roots for each contact of the part, the contact it is now.
 */
export function checkIdentities(
  { event, allLosers }: Pick<EventPart, 'event' | 'allLosers'>,
  roots: Map<string, string>,
): CheckedIdentities {
  const rootOf = (id: string) => roots.get(id) ?? id;
  const survivor = rootOf(event.survivorId);
  if (allLosers.has(event.survivorId)) return { conflict: 'self-merge' };
  if (allLosers.has(survivor)) return { conflict: 'cycle' };
  const elsewhere = event.loserIds.map(rootOf).filter((root) => root !== survivor);
  if (elsewhere.some((root) => !allLosers.has(root))) return { conflict: 'loser-claimed-twice' };
  const absorbed = [...new Set(elsewhere)];
  if (survivor === event.survivorId) return { identities: { survivor, absorbed, survivorIsGone: false } };
  return { identities: { survivor, absorbed, survivorIsGone: true, namedSurvivor: event.survivorId } };
}
