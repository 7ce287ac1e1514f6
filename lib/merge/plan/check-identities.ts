import type { MergeEvent } from '../../event.ts';

/** Who the event's contacts are now, and what it makes of them. */
export interface Identities {
  /** The survivor's present self: the contact everybody ends up in. */
  survivor: string;
  /** Contacts that are still there and will be merged into it, in the event's order. */
  absorbed: string[];
  /** The survivor the event names has itself been merged away: its `changed` speaks of nobody. */
  survivorIsGone: boolean;
}

export type Verdict = { doubt: 'self-merge' | 'cycle' | 'loser-claimed-twice' } | { identities: Identities };

/**
 * Decides without guessing what an event means for the contacts as they are now.
 * @param roots for each contact of the event, the contact it is now.
 */
export function judge(event: MergeEvent, roots: Map<string, string>): Verdict {
  const rootOf = (id: string) => roots.get(id) ?? id;
  const survivor = rootOf(event.survivorId);
  if (event.loserIds.includes(event.survivorId)) return { doubt: 'self-merge' };
  if (event.loserIds.includes(survivor)) return { doubt: 'cycle' };
  const elsewhere = event.loserIds.filter((loser) => rootOf(loser) !== survivor);
  if (elsewhere.some((loser) => !event.loserIds.includes(rootOf(loser)))) return { doubt: 'loser-claimed-twice' };
  const absorbed = [...new Set(elsewhere.map(rootOf))];
  return { identities: { survivor, absorbed, survivorIsGone: survivor !== event.survivorId } };
}
