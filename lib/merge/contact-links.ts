import type { ContactDetails } from '../dustess/contact-event.ts';
import type { KnownKeys } from '../ledger/known-keys.ts';

/** What linking needs to know of 尘锋's side. */
export interface KnownContacts {
  knownKeys: KnownKeys;
  newSalt(): string;
  /** Of contacts that were merged away: into whom in the end. */
  survivorsOf(contactIds: string[]): Promise<Map<string, string>>;
  /** No further call at the CRM may begin. */
  isOutOfTime(): boolean;
}

/**
 * A tenant's CRM, and its rules for which record a contact is. Every method throws CrmError for what the CRM does, and
 * OutOfTime before a call that may not begin any more.
 */
export interface ContactLinks {
  /** Keeps whose its numbers and addresses are: they are not unique for another contact from now on. */
  remember(contact: ContactDetails, known: KnownContacts): Promise<void>;
  /** The record to write the id on, the one that carries it, or why there is none. */
  decide(
    contact: ContactDetails,
    known: KnownContacts,
  ): Promise<{ recordId: string } | { carriedBy: string } | { not: string }>;
  /** Looks at the record once more and writes the id, where it has none. */
  write(recordId: string, contactId: string, known: KnownContacts): Promise<'written' | 'record-changed'>;
}
