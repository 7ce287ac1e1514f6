import { inParallel } from '../../in-parallel.ts';
import type { Ledger } from '../../ledger/ledger.ts';

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
