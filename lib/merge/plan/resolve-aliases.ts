import { inParallel } from '../../in-parallel.ts';
import { readContact, updateContact } from '../../ledger/contacts.ts';
import type { Documents } from '../../ports.ts';

/**
 * Who somebody is now: follows the aliases to the contact that is still there, and shortens the way it walked, so
 * that the next look-up of any of them takes two reads however long the chain was.
 */
export async function resolve(ledger: Documents, tenant: string, contactId: string): Promise<string> {
  const walked: string[] = [];
  let at = contactId;
  for (;;) {
    const next = (await readContact(ledger, tenant, at)).value.mergedInto;
    if (next === undefined) break;
    walked.push(at);
    at = next;
  }
  await shorten(ledger, tenant, walked.slice(0, -1), at);
  return at;
}

// Aliases are never taken back, so a shorter way stays true for ever, whoever works on these contacts meanwhile.
function shorten(ledger: Documents, tenant: string, walked: string[], root: string): Promise<unknown> {
  return inParallel(walked, (contactId) =>
    updateContact(ledger, tenant, contactId, (contact) => ({ ...contact, mergedInto: root })),
  );
}

/** @returns for each id the contact it is now. */
export async function resolveAll(ledger: Documents, tenant: string, ids: string[]): Promise<Map<string, string>> {
  const roots = await inParallel(ids, async (id) => [id, await resolve(ledger, tenant, id)] as const);
  return new Map(roots);
}
