import type { Stored } from '../ports.ts';
import type { TenantDocuments } from './tenant-documents.ts';

/** Which event last decided a field of a contact. */
export interface FieldClock {
  /** The event's `triggeredAt`, milliseconds since 1970. */
  at: number;
  eventId: string;
  /** The event emptied the field. */
  cleared: boolean;
  /** False while there was no record to write it to. */
  written: boolean;
}

/** By field key. */
export type FieldClocks = { [fieldKey: string]: FieldClock };

/** The event that works on a contact; all others wait. */
export interface ContactLock {
  event: string;
  /** The worker that took the lock: a later worker of the same event takes it anew. */
  worker: string;
  /** The number of the event's plan that the lock is for: a replay's lock is not the first run's. */
  plan: number;
}

/** A merge that an operator has taken back, as each of its contacts keeps it. */
export interface UndoneMerge {
  /** The contact on the other side. */
  with: string;
  /** The event whose merge it was. */
  event: string;
  by: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** An event that found its contacts joined already. */
export interface RepeatedMerge {
  event: string;
  /** The survivor's latest merge then: it, or one before it, had joined them. */
  after: string;
}

/** What the ledger knows of one contact. No field values: those are in the events. */
export interface Contact {
  /** The alias: this contact was merged into that one. */
  mergedInto?: string;
  /** The event that said so, and when it was carried out (milliseconds since 1970). */
  mergedBy?: string;
  mergedAt?: number;
  /** The survivor that the event named, where `mergedInto` is whom that one had become, or became since. */
  parent?: string;
  /** The survivor's latest merge before that one; left out where there was none. */
  mergedAfter?: string;
  /** What it had as a survivor itself: an undo gives that back. */
  asSurvivor?: Pick<Contact, 'clocks' | 'latestMerge' | 'repeats' | 'undone'>;
  /** Its CRM record, as of the last merge. Survivors only. */
  recordId?: string;
  /** Survivors only: what events said of a contact that was merged away governs nothing. */
  clocks?: FieldClocks;
  /** How many contacts events have merged into it on one day (days since 1970). */
  mergedAway?: { day: number; count: number };
  lockedBy?: ContactLock;
  /** Survivors only: the event that merged contacts into it last. */
  latestMerge?: string;
  /** Survivors only: events that found contacts joined already that are part of it, the first `MAX_REPEATS` of them. */
  repeats?: RepeatedMerge[];
  /** Contacts that an operator has separated from it by taking a merge back. */
  undone?: UndoneMerge[];
  /** Events may stand in its waiting list. Set by the first that enters, taken off once the list was found empty. */
  waiting?: true;
}

/** As many repeated merges as a survivor keeps: a contact must not grow without end. */
export const MAX_REPEATS = 100;

/** A tenant's contacts, by 尘锋 contact id. */
export interface Contacts {
  /** @returns an empty contact of version 0 where none is known. */
  read(contactId: string): Promise<Stored<Contact>>;
  /** The same for many, by id. */
  readMany(contactIds: string[]): Promise<Map<string, Stored<Contact>>>;
  /** @returns false, and nothing changed, where another writer came since `expected`. */
  write(contactId: string, contact: Contact, expected: number): Promise<boolean>;
  /** Contacts that events have merged into this one, oldest first. May lag behind writes. */
  losers(survivor: string, limit: number): Promise<Alias[]>;
  /** Read, change, write, until no other writer came between. `change` may answer undefined: leave it as it is. */
  update(contactId: string, change: (contact: Contact) => Contact | undefined): Promise<Contact>;
}

/** A contact that was merged into another one. */
export interface Alias {
  id: string;
  /** 0 where it was not kept. */
  at: number;
}

/** A loser stands in the list of its survivor as the event named it, for good. */
const placeOf = ({ mergedInto, parent = mergedInto, mergedAt = 0 }: Contact) =>
  parent === undefined ? {} : { listed: { list: losersOf(parent), at: mergedAt } };

const losersOf = (survivor: string) => `into#${survivor}`;

export function createContacts(documents: TenantDocuments): Contacts {
  const keyOf = (contactId: string) => ({ kind: 'contact', id: contactId });
  const contacts: Contacts = {
    read: async (contactId) => (await documents.get<Contact>(keyOf(contactId))) ?? UNKNOWN,
    async readMany(contactIds) {
      const found = await documents.getMany<Contact>(contactIds.map(keyOf));
      return new Map(contactIds.map((id, index) => [id, found[index] ?? UNKNOWN]));
    },
    write: (contactId, contact, expected) =>
      documents.put(keyOf(contactId), contact, { expected, ...placeOf(contact) }),
    losers: (survivor, limit) => documents.listed(losersOf(survivor), { before: Number.MAX_SAFE_INTEGER, limit }),
    async update(contactId, change) {
      for (;;) {
        const { value, version } = await contacts.read(contactId);
        const changed = change(value);
        if (!changed) return value;
        if (await contacts.write(contactId, changed, version)) return changed;
      }
    },
  };
  return contacts;
}

const UNKNOWN: Stored<Contact> = { value: {}, version: 0 };

/** A contact without its lock. */
export function unlocked({ lockedBy: _lockedBy, ...contact }: Contact): Contact {
  return contact;
}
