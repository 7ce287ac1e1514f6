import type { EventPointer } from './event.ts';
import type { JsonObject } from './json.ts';
import type { Sentence } from './sentence.ts';

/** Milliseconds since 1970. */
export type Now = () => number;
/** A fresh unguessable id. */
export type NewId = () => string;
/** A number in [0,1), for jitter only. */
export type Random = () => number;
/** The part of the global `fetch` that adapters use. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface DocumentKey {
  tenant: string;
  kind: string;
  id: string;
  /** Several documents may share tenant, kind and id: a plan's numbers, a journal's entries. */
  sort?: string;
}

export interface Stored<T> {
  value: T;
  /** Starts at 1; every write adds one. */
  version: number;
}

export interface PutOptions {
  /** The version the writer has read; 0 when it has seen none. */
  expected: number;
  /** Milliseconds since 1970: readers see nothing from then on. Left out: kept for ever. */
  expiresAt?: number;
  /** Shows the document in a list until a later write leaves this out. */
  listed?: { list: string; at: number };
}

/** Which part of a list; times in milliseconds since 1970, both ends included. */
export interface ListRange {
  before: number;
  /** Left out: from the beginning. */
  after?: number;
  limit: number;
  /** Left out: oldest first. */
  newestFirst?: boolean;
}

/** A document in a list, and the time it stands under. */
export interface Listed {
  id: string;
  at: number;
}

/**
 * JSON documents with compare-and-set: all that the ledger is built on. Documents of any size.
 * The caller may rely on: reads after writes see them; of two writers with the same `expected` exactly one gets true;
 * a put that throws may or may not have happened; nothing of one tenant is ever reachable by another's key.
 */
export interface Documents {
  get<T>(key: DocumentKey): Promise<Stored<T> | undefined>;
  /** As `get`, for many documents in as few requests as the store allows; in the order of the keys. */
  getMany<T>(keys: DocumentKey[]): Promise<(Stored<T> | undefined)[]>;
  /** False: another writer was first, nothing was changed. */
  put<T>(key: DocumentKey, value: T, options: PutOptions): Promise<boolean>;
  /** Every document of a tenant, kind and id, by `sort` ascending. */
  all<T>(key: Omit<DocumentKey, 'sort'>): Promise<{ sort: string; value: T }[]>;
  /** Ids in a list, by time; at most `limit`. May lag behind writes by a moment. */
  listed(tenant: string, list: string, range: ListRange): Promise<Listed[]>;
  /** Adds to a counter and returns the new value. A call that throws may have counted. */
  add(key: DocumentKey, by: number, expiresAt: number): Promise<number>;
  /** Makes sure that nothing is left of earlier versions of a tenant, kind and id; not there where a put leaves nothing. */
  purge?(key: Omit<DocumentKey, 'sort'>): Promise<void>;
}

/** The longest delay of a queue message, as SQS has it; reconcile brings back what waits longer. */
export const MAX_DELAY_SECONDS = 900;

/** At-least-once, unordered. Carries pointers only: no payload, no personal data. */
export interface Queue {
  /** @param delaySeconds 0 to `MAX_DELAY_SECONDS`. */
  send(pointer: EventPointer, delaySeconds?: number): Promise<void>;
}

/** What became of an event at the CRM, for systems further downstream. Ids only. */
export interface Outcome extends EventPointer {
  /** `undone`: an operator has taken the merge back. */
  state: 'applied' | 'skipped' | 'undone';
  reason?: string;
  /** The contact that is left, and those that are part of it from now on; once undone, those that are not any more. */
  survivorId: string;
  loserIds: string[];
  /** Milliseconds since 1970. */
  at: number;
}

/** At least once per event, in no order. */
export interface Outcomes {
  publish(outcome: Outcome): Promise<void>;
}

/** A value for one property of a CRM record. `null` clears it; a list is a multi-select. Dates are ISO texts. */
export type PropertyValue = string | number | boolean | string[] | null;
export type PropertyValues = { [property: string]: PropertyValue };

/** `data` of the command-style contract (docs/crms.md), ids already resolved through the aliases. */
export interface MergeCommand {
  tenant: string;
  eventId: string;
  survivorId: string;
  loserIds: string[];
  changed: JsonObject;
  old: JsonObject;
  mergedContacts: JsonObject[];
  /** ISO 8601. */
  triggeredAt: string;
  operatorId: string;
  origin: string;
}

export type CommandAnswer =
  | { outcome: 'done' }
  /** None of these contacts is known there: nothing to merge. */
  | { outcome: 'unknown-contacts' }
  | { outcome: 'contradiction'; code: string };

/**
 * A CRM that merges by itself when told to. The core relies on: the same key with the same body takes effect once;
 * a merge never replaces a value the survivor has (it may fill its blanks); `changed` is written after the merge.
 */
export interface CommandCrm {
  readonly style: 'command';
  readonly name: string;
  /** One attempt. @throws CrmError, never a vendor's own error. */
  send(command: MergeCommand, idempotencyKey: string): Promise<CommandAnswer>;
  /** Tells it to take a merge back, as `send`. Absent: this CRM has not said that it knows the command. */
  unmerge?(command: UnmergeCommand, idempotencyKey: string): Promise<CommandAnswer>;
}

/** `data` of `contact.unmerged`: what the merge's own command said, when it was taken back (ISO 8601), and by whom. */
export interface UnmergeCommand extends MergeCommand {
  undoneAt: string;
  undoneBy: string;
}

/** A record as the CRM holds it. */
export interface CrmRecord {
  recordId: string;
  /** What the record's own id property says; `undefined` when it is empty. */
  contactId: string | undefined;
  /** As read: text, number, list … whatever the vendor gives; `null` or absent is empty. For the journal and blank checks. */
  values: JsonObject;
  /** What else is connected with it, where the journal is to know: kind of object → how many. */
  associations?: CountedAssociations;
}

/** `isComplete` is false where there are more than were counted. */
export type CountedAssociations = { [kind: string]: { count: number; isComplete: boolean } };

/** Where a record is now: the id it lives under, or nowhere. */
export type RecordLocation = { recordId: string } | 'gone';

export interface RecordCrmRules {
  /**
   * Losers that one merge call takes: HubSpot 1, Salesforce 2. More than 1 only where the call is one transaction, which
   * absorbs all of them or none. The core sends as many as this at once.
   */
  losersPerMerge: number;
  /**
   * Whether a merge call sets the survivor's final values itself; its contact id is never among them. Only where the call
   * is one transaction that checks the values: refused ones merge no record. The core then sends the values with the
   * event's last merge; otherwise in an update after it.
   */
  mergeSetsValues: boolean;
  /**
   * Whether a merge fills the survivor's blank properties from a loser: each of them, none, or those named here. The core
   * then leaves what is only written where the CRM has nothing to the loser's value, and empties again what an event emptied.
   */
  fillsBlanks: boolean | readonly string[];
  /** A plain property that collects the losers' contact ids, `;`-separated, if the CRM keeps one. */
  absorbedIdsProperty?: string;
}

/** Whether a merge gives the survivor a loser's value of this property where it has none. */
export const fillsBlank = ({ fillsBlanks }: Pick<RecordCrmRules, 'fillsBlanks'>, property: string): boolean =>
  typeof fillsBlanks === 'boolean' ? fillsBlanks : fillsBlanks.includes(property);

/**
 * A CRM of records: find, merge, update. The core relies on:
 * - `find` sees every earlier write (lookup by unique id, never a search index) and reports two records for one id as two;
 * - `merge` and `update` make one attempt; each loser is absorbed at most once, whatever is repeated;
 * - a merge never replaces a value the survivor has; it may fill the survivor's blanks (`fillsBlanks`);
 * - `locate` is the truth after an unanswered call: a loser that was merged shows its survivor's present id; one whose merge
 *   is half done is still where it was, never `gone`: the core takes `gone` for merged and sends nothing again;
 * - `update` may be repeated with the same values.
 * Every method throws CrmError and nothing else.
 */
export interface RecordCrm {
  readonly style: 'record';
  readonly name: string;
  readonly rules: RecordCrmRules;
  /** Records whose id property is one of these contact ids, with the named properties and whatever else the journal should have. */
  find(contactIds: string[], properties: string[]): Promise<{ asked: string; record: CrmRecord }[]>;
  /** @param recordIds as known earlier; the answer has each of them. */
  locate(recordIds: string[]): Promise<Map<string, RecordLocation>>;
  /**
   * At most `losersPerMerge` losers. `write` comes only with `mergeSetsValues`, and without a contact id: an `update`
   * after the merges writes that. `properties` are those that the tenant's mapping may write: where the CRM's merge is no
   * transaction, what the survivor has not of them is copied before anything is deleted. The core always gives them.
   * @returns the survivor's record id from now on.
   */
  merge(merge: {
    survivor: string;
    losers: string[];
    properties?: string[];
    write?: Pick<RecordWrite, 'values'>;
  }): Promise<{ survivor: string }>;
  update(recordId: string, write: RecordWrite): Promise<void>;
  /** A new record for this contact. Absent: the CRM's adapter cannot create. @returns its record id. */
  create?(write: RecordWrite): Promise<{ recordId: string }>;
  /** Absent: a merge in this CRM cannot be taken back. */
  readonly undo?: RecordUndo;
}

/** How a merge is taken back. Every method throws CrmError and nothing else. */
export interface RecordUndo {
  /** A merged-away record is there again under its own id, or its values are written on a new one. */
  comesBackAs: 'itself' | 'new-record';
  /** What does not come back, in words. */
  cannot: readonly Sentence[];
  /** Those of these properties that a write may set on such a record. Changes nothing. */
  writable(properties: string[]): Promise<string[]>;
  /**
   * One attempt. Afterwards `find` by its contact id finds it. A repeat makes no second record.
   * @returns its record id from now on.
   */
  bringBack(loser: MergedAway): Promise<{ recordId: string }>;
}

/** A record that a merge absorbed, as it was before. */
export interface MergedAway {
  contactId: string;
  recordId: string;
  /** What a new record is to have; not needed where it comes back itself. */
  values: PropertyValues;
}

/** What to write on a record; `contactId` gives the record another id property. */
export interface RecordWrite {
  contactId?: string;
  values: PropertyValues;
}

export type Crm = CommandCrm | RecordCrm;

/** A record as linking sees it: every contact id it carries, and the texts of the properties asked for. */
export interface LinkRecord {
  recordId: string;
  /** None, one, or at a CRM whose merges keep the losers' ids several. */
  contactIds: string[];
  /** Properties without a text are not there. */
  values: { [property: string]: string[] };
}

/** An id to write on a record that has none, or with `null` the ids to clear from it. */
export interface IdWrite {
  recordId: string;
  contactId: string | null;
}

/** What one `search` answers at most. */
export const MAX_FOUND = 100;

/** Record ids, each once. */
export interface Found {
  recordIds: string[];
  /** False: there may be more records than these. */
  isComplete: boolean;
}

/** A value of a key, and the properties of a record that may hold it. */
export interface KeySearch {
  key: 'mobile' | 'email';
  /** As linking compares it: a mobile number as E.164, an e-mail address in lower case. */
  value: string;
  properties: string[];
}

/**
 * A record-style CRM as linking needs it: all its records, and ids by the batch. Linking relies on:
 * - `scan` from the first page to the last has every record that is there all the while, each once;
 * - `read` and `find` see every earlier write; a record that was merged away is not there under its old id;
 * - `search` has every record that holds the value in one of the properties, however it is written there, and maybe
 *   others; of more than `MAX_FOUND` not all, and then it says so. Its index may lag behind writes: what it finds is read
 *   before it is believed;
 * - `writeIds` makes one attempt, touches the id alone, and may be repeated with the same values.
 * Every method throws CrmError and nothing else; a call with one bad write among several may throw `permanent` for all.
 */
export interface LinkableCrm {
  readonly name: string;
  /** Properties that usually hold each key. */
  readonly keyProperties: { mobile: string[]; email: string[] };
  /** What one `read` or `writeIds` takes. */
  readonly batchSize: number;
  /** A page of records. @param after what the page before named; left out: the first. */
  scan(properties: string[], after?: string): Promise<{ records: LinkRecord[]; after?: string }>;
  read(recordIds: string[], properties: string[]): Promise<LinkRecord[]>;
  find(contactIds: string[]): Promise<{ asked: string; recordId: string }[]>;
  /** Records that hold one value. */
  search(wanted: KeySearch): Promise<Found>;
  /** @returns for each record that was refused by itself, the CRM's code; all others are written. */
  writeIds(writes: IdWrite[]): Promise<Map<string, string>>;
}
