import type { MergeEvent } from '../../event.ts';
import type { Identities } from '../../ledger/plans.ts';

export type CheckedIdentities =
  | { conflict: 'self-merge' | 'cycle' | 'loser-claimed-twice' }
  | { identities: Identities };

/**
 * Decides without guessing what an event means for the contacts as they are now.
 * @param roots for each contact of the event, the contact it is now.
 */
export function checkIdentities(event: MergeEvent, roots: Map<string, string>): CheckedIdentities {
  const rootOf = (id: string) => roots.get(id) ?? id;
  const survivor = rootOf(event.survivorId);
  if (event.loserIds.includes(event.survivorId)) return { conflict: 'self-merge' };
  if (event.loserIds.includes(survivor)) return { conflict: 'cycle' };
  const elsewhere = event.loserIds.filter((loser) => rootOf(loser) !== survivor);
  if (elsewhere.some((loser) => !event.loserIds.includes(rootOf(loser)))) return { conflict: 'loser-claimed-twice' };
  const absorbed = [...new Set(elsewhere.map(rootOf))];
  return { identities: { survivor, absorbed, survivorIsGone: survivor !== event.survivorId } };
}
