import { inParallel } from '../../in-parallel.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { MergedAway } from '../../linking/drift.ts';

/** Who each of these contacts is now, by the ledger's aliases; contacts that are themselves are left out. */
export async function survivorsOf({ contacts }: Pick<Ledger, 'contacts'>, ids: string[]): Promise<Map<string, string>> {
  const found = await inParallel(ids, async (id): Promise<[string, string]> => [id, await follow(contacts, id)]);
  return new Map(found.filter(([id, survivor]) => id !== survivor));
}

async function follow(contacts: Ledger['contacts'], contactId: string): Promise<string> {
  const passed = new Set<string>();
  for (let at = contactId; ; ) {
    const { mergedInto } = (await contacts.read(at)).value;
    if (mergedInto === undefined || passed.has(mergedInto)) return at;
    passed.add(mergedInto);
    at = mergedInto;
  }
}

/** Of these contacts those that were merged away: into whom in the end, and by which event. */
export async function mergedAway(
  { contacts }: Pick<Ledger, 'contacts'>,
  ids: string[],
): Promise<Map<string, MergedAway>> {
  const found = await inParallel(ids, async (id): Promise<[string, MergedAway] | undefined> => {
    const { mergedInto, mergedBy } = (await contacts.read(id)).value;
    return mergedInto === undefined
      ? undefined
      : [id, { survivor: await follow(contacts, mergedInto), event: mergedBy }];
  });
  return new Map(found.filter((one) => one !== undefined));
}
