import type { DocumentKey, Documents, Stored } from '../ports.ts';

/** Which event last decided a field of a contact. */
export interface FieldClock {
  /** The event's `triggeredAt`, milliseconds. */
  at: number;
  eventId: string;
  /** The event emptied the field. */
  cleared: boolean;
  /** False while there was no record to write it to. */
  written: boolean;
}

/** What the ledger knows of one contact. No field values: those are in the events. */
export interface Contact {
  /** The alias: this contact is gone, that one took it in. */
  mergedInto?: string;
  /** The event that said so. */
  mergedBy?: string;
  /** Its CRM record, as of the last merge. Survivors only. */
  recordId?: string;
  /** By field key. Survivors only: what events said of a contact that is gone governs nothing. */
  clocks?: { [fieldKey: string]: FieldClock };
  /** Who is working on this contact; all others wait. */
  heldBy?: Hold;
}

export interface Hold {
  event: string;
  /** The worker that took the hold: a later worker of the same event takes it anew. */
  worker: string;
  /** The number of the event's plan that the hold is for: a replay's hold is not the first run's. */
  plan: number;
}

const contactKey = (tenant: string, contactId: string): DocumentKey => ({ tenant, kind: 'contact', id: contactId });

export async function readContact(ledger: Documents, tenant: string, contactId: string): Promise<Stored<Contact>> {
  return (await ledger.get<Contact>(contactKey(tenant, contactId))) ?? { value: {}, version: 0 };
}

/** Read, change, write, until no other writer came between. `change` may answer undefined: leave it as it is. */
export async function updateContact(
  ledger: Documents,
  tenant: string,
  contactId: string,
  change: (contact: Contact) => Contact | undefined,
): Promise<Contact> {
  for (;;) {
    const { value, version } = await readContact(ledger, tenant, contactId);
    const changed = change(value);
    if (!changed) return value;
    if (await ledger.put(contactKey(tenant, contactId), changed, { expected: version })) return changed;
  }
}
