import type { Ledger } from '../../ledger/ledger.ts';
import type { MergedAway } from '../../linking/drift.ts';
import { followAliases } from '../../merge/plan/resolve-aliases.ts';

/** Who each of these contacts is now, by the ledger's aliases; contacts that are themselves are left out. */
export async function survivorsOf({ contacts }: Pick<Ledger, 'contacts'>, ids: string[]): Promise<Map<string, string>> {
  const { roots } = await followAliases(contacts, ids);
  return new Map([...roots].filter(([id, survivor]) => id !== survivor));
}

/** Of these contacts those that were merged away: into whom in the end, and by which event. */
export async function mergedAway(
  { contacts }: Pick<Ledger, 'contacts'>,
  ids: string[],
): Promise<Map<string, MergedAway>> {
  const { roots, seen } = await followAliases(contacts, ids);
  const away = [...roots].filter(([id, survivor]) => id !== survivor);
  return new Map(away.map(([id, survivor]) => [id, { survivor, event: seen.get(id)?.value.mergedBy }]));
}
