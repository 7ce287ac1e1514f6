import type { Documents } from '../ports.ts';
import { type BulkActions, createBulkActions } from './bulk-actions.ts';
import { type Contacts, createContacts } from './contacts.ts';
import { type Contents, createContents } from './contents.ts';
import { type Counters, createCounters } from './counters.ts';
import { createEventRecords, type EventRecords } from './event-records.ts';
import { createJournal, type Journal } from './journal.ts';
import { createKeyUses, type KeyUses } from './key-uses.ts';
import { createKnownKeys, type KnownKeys } from './known-keys.ts';
import { createLinkIntents, type LinkIntents } from './link-intents.ts';
import { createPlans, type Plans } from './plans.ts';
import { bindTenant } from './tenant-documents.ts';
import { createUndoPlans, type UndoPlans } from './undo-plans.ts';
import { createWaitingLists, type WaitingLists } from './waiting-lists.ts';

/** One tenant's part of the events table: all that `receive` and `reconcile` may reach. */
export interface EventLedger {
  readonly tenant: string;
  readonly events: EventRecords;
  readonly contents: Contents;
  readonly bulkActions: BulkActions;
  readonly keyUses: KeyUses;
}

/** One tenant's part of both tables: what happened, who is who, what was planned and called. */
export interface Ledger extends EventLedger {
  readonly contacts: Contacts;
  readonly waiting: WaitingLists;
  readonly plans: Plans;
  readonly journal: Journal;
  readonly counters: Counters;
  readonly knownKeys: KnownKeys;
  readonly linkIntents: LinkIntents;
  readonly undoPlans: UndoPlans;
}

/** @param events documents of the events table. */
export function createEventLedger(events: Documents, tenant: string): EventLedger {
  const documents = bindTenant(events, tenant);
  return {
    tenant,
    events: createEventRecords(documents),
    contents: createContents(documents),
    bulkActions: createBulkActions(documents),
    keyUses: createKeyUses(documents),
  };
}

/** The two tables as documents. */
export interface LedgerTables {
  events: Documents;
  ledger: Documents;
}

export function createLedger({ events, ledger }: LedgerTables, tenant: string): Ledger {
  const documents = bindTenant(ledger, tenant);
  return {
    ...createEventLedger(events, tenant),
    contacts: createContacts(documents),
    waiting: createWaitingLists(documents),
    plans: createPlans(documents),
    journal: createJournal(documents),
    counters: createCounters(documents),
    knownKeys: createKnownKeys(documents),
    linkIntents: createLinkIntents(documents),
    undoPlans: createUndoPlans(documents),
  };
}
