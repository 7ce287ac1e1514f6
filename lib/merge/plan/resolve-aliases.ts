import { inParallel } from '../../in-parallel.ts';
import type { Contacts } from '../../ledger/contacts.ts';

/**
 * The contact that another one is now: follows the aliases to the contact that is still there, and shortens the way it
 * walked, so that the next look-up of any of them takes two reads however long the chain was.
 */
export async function resolveAlias(contacts: Contacts, contactId: string): Promise<string> {
  const walked: string[] = [];
  let at = contactId;
  for (;;) {
    const next = (await contacts.read(at)).value.mergedInto;
    if (next === undefined) break;
    walked.push(at);
    at = next;
  }
  await shorten(contacts, walked.slice(0, -1), at);
  return at;
}

// Aliases are never taken back, so a shorter way stays true for ever, whichever event works on these contacts meanwhile.
function shorten(contacts: Contacts, walked: string[], root: string): Promise<unknown> {
  return inParallel(walked, (id) => contacts.update(id, (contact) => ({ ...contact, mergedInto: root })));
}

/** @returns for each id the contact it is now. */
export async function resolveAll(contacts: Contacts, ids: string[]): Promise<Map<string, string>> {
  const roots = await inParallel(ids, async (id) => [id, await resolveAlias(contacts, id)] as const);
  return new Map(roots);
}
