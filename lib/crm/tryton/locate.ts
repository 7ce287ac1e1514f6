import { CrmError } from '../../errors.ts';
import type { Now, RecordLocation } from '../../ports.ts';
import type { TrytonRpc } from './calls.ts';
import { VENDOR } from './failures.ts';
import { numberOf, type PartyState, readStates } from './parties.ts';

const MAX_LINKS = 100; // Each is a call.
const MAX_MS = 20_000; // A worker has 30 s for an operation.

/**
 * Where parties are now: `replaced_by` is followed to its end. Archived, deleted and self-replaced parties are gone.
 * @throws CrmError, `REPLACEMENTS_TOO_LONG` for a chain that does not end.
 */
export async function locateParties(
  rpc: TrytonRpc,
  recordIds: string[],
  now: Now,
): Promise<Map<string, RecordLocation>> {
  const states = new Map<number, PartyState>();
  const asked = new Set<number>();
  const until = now() + MAX_MS;
  let next = recordIds.map(numberOf);
  for (let links = 0; next.length > 0; links++) {
    if (links > MAX_LINKS) throw chainTooLong();
    if (now() > until) throw chainTooSlow();
    for (const id of next) asked.add(id);
    const read = await readStates(rpc, next);
    for (const [id, state] of read) states.set(id, state);
    const replacements = [...read.values()].flatMap(({ replacedBy }) => replacedBy ?? []);
    next = [...new Set(replacements)].filter((id) => !asked.has(id));
  }
  return new Map(recordIds.map((id) => [id, follow(states, numberOf(id))]));
}

function chainTooLong(): CrmError {
  const message = `${VENDOR}: a party leads from replacement to replacement without end`;
  return new CrmError('permanent', message, { code: 'REPLACEMENTS_TOO_LONG' });
}

function chainTooSlow(): CrmError {
  const message = `${VENDOR}: a party has replacements that were not told in time`;
  return new CrmError('retry-soon', message, { code: 'REPLACEMENTS_TOO_SLOW' });
}

function follow(states: Map<number, PartyState>, start: number): RecordLocation {
  const passed = new Set<number>();
  let id = start;
  for (;;) {
    const state = states.get(id);
    if (!state || passed.has(id)) return 'gone';
    if (state.replacedBy === undefined) return state.active ? { recordId: String(id) } : 'gone';
    passed.add(id);
    id = state.replacedBy;
  }
}
