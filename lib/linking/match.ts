import { UNNAMED } from '../ledger/known-keys.ts';
import { createKeyIndex, type KeyIndex, type Owners, ownersOf } from './key-index.ts';
import type { KeyName, Keys } from './keys.ts';
import type { LinkClass, LinkReason } from './reasons.ts';
import type { ExportedContact, KeyedRecord } from './two-sides.ts';

/** What becomes of a contact, or of a record that no contact leads to. */
export interface LinkRow {
  class: LinkClass;
  reason: LinkReason;
  contactId?: string;
  lines?: number[];
  /** The records it is about: one where it is sure, the candidates where it is not. */
  recordIds: string[];
  /** The key that decided. */
  key?: KeyName;
  /** The id to write on the one record. */
  writes?: string;
}

export interface MatchOptions {
  /** In the order of their strength. */
  keys: KeyName[];
  /** A value that more people than this share, on either side, is no key at all. */
  sharedByAtMost: number;
  /** Contacts that were merged away, and into whom in the end, as the ledger has it. */
  survivors: ReadonlyMap<string, string>;
  /** Of contacts whose id is not known: what they have is no other contact's alone. */
  unnamed?: readonly Keys[];
}

/** All that is known while one contact after the other is matched. */
export interface Matching extends MatchOptions {
  /** Records by value of a key, and people by value: a contact and those merged into it are one. */
  records: KeyIndex<KeyedRecord>;
  people: KeyIndex<string>;
  carriers: ReadonlyMap<string, KeyedRecord[]>;
  /** Whether a value of a key means a person. */
  tells(key: KeyName, value: string): boolean;
}

export function prepareMatching(
  contacts: readonly ExportedContact[],
  records: readonly KeyedRecord[],
  options: MatchOptions,
): Matching {
  const named = contacts.map(({ contactId, keys }) => ({ owner: personOf(options, contactId), keys }));
  const people = [...named, ...(options.unnamed ?? []).map((keys, index) => ({ owner: `${UNNAMED}${index}`, keys }))];
  const keyed = records.map((record) => ({ owner: record, keys: record.keys }));
  const peopleBy = new Map(options.keys.map((key) => [key, ownersOf(people, key)]));
  const recordsBy = new Map(options.keys.map((key) => [key, ownersOf(keyed, key)]));
  const most = options.sharedByAtMost;
  const few = <T>(owners: Owners<T> | undefined, value: string) => (owners?.get(value)?.size ?? 0) <= most;
  return {
    ...options,
    records: createKeyIndex(recordsBy),
    people: createKeyIndex(peopleBy),
    carriers: carriersOf(records),
    tells: (key, value) => few(peopleBy.get(key), value) && few(recordsBy.get(key), value),
  };
}

export const personOf = ({ survivors }: Pick<MatchOptions, 'survivors'>, contactId: string): string =>
  survivors.get(contactId) ?? contactId;

function carriersOf(records: readonly KeyedRecord[]): Map<string, KeyedRecord[]> {
  const carriers = new Map<string, KeyedRecord[]>();
  for (const record of records)
    for (const contactId of record.contactIds) {
      const known = carriers.get(contactId);
      if (known) known.push(record);
      else carriers.set(contactId, [record]);
    }
  return carriers;
}

/** A contact by itself; what merged contacts of one person come to together is decided afterwards. */
export function matchContact(contact: ExportedContact, matching: Matching): LinkRow {
  const { contactId, lines } = contact;
  const about = { contactId, lines };
  const [carrier, ...others] = matching.carriers.get(contactId) ?? [];
  if (carrier && others.length > 0)
    return { ...about, class: 'conflict', reason: 'id-on-several-records', recordIds: idsOf([carrier, ...others]) };
  if (carrier) return { ...about, class: 'linked', reason: 'id-on-record', recordIds: [carrier.recordId] };
  return { ...about, ...matchByKeys(contact, matching) };
}

type Found = Omit<LinkRow, 'contactId' | 'lines'>;

/** The strongest key that leads to one record and back to this person alone; a doubt at a key is kept for the report. */
function matchByKeys(contact: ExportedContact, matching: Matching): Found {
  let doubt: Found | undefined;
  for (const key of matching.keys) {
    const records = matching.records.of(key, telling(matching, contact, key));
    const [record, ...others] = records;
    if (!record) continue;
    if (others.length > 0) {
      doubt ??= { class: 'ambiguous', reason: 'several-records', key, recordIds: idsOf(records) };
      continue;
    }
    if (!leadsBack(matching, record, contact, key)) {
      doubt ??= { class: 'ambiguous', reason: 'several-contacts', key, recordIds: [record.recordId] };
      continue;
    }
    return judge(contact, record, key, matching);
  }
  return doubt ?? unmatched(contact, matching);
}

const telling = ({ tells }: Matching, { keys }: { keys: Keys }, key: KeyName): string[] =>
  (keys[key] ?? []).filter((value) => tells(key, value));

function leadsBack(matching: Matching, record: KeyedRecord, { contactId }: ExportedContact, key: KeyName): boolean {
  const people = matching.people.of(key, telling(matching, record, key));
  return people.length === 1 && people[0] === personOf(matching, contactId);
}

function judge(contact: ExportedContact, record: KeyedRecord, key: KeyName, matching: Matching): Found {
  const recordIds = [record.recordId];
  const own = ownIdReason(contact, record, matching);
  // An id says more than any key: after a merge the record has the survivor's number, and may have lost the loser's.
  if (own) return { class: 'merged-before', reason: own, key, recordIds };
  const stronger = matching.keys.slice(0, matching.keys.indexOf(key));
  const against = stronger.find((one) => disagrees(matching, contact, record, one));
  if (against !== undefined) return { class: 'conflict', reason: 'stronger-key-disagrees', key: against, recordIds };
  if (record.contactIds.length === 0)
    return { class: 'matched', reason: 'key-agrees', key, recordIds, writes: contact.contactId };
  return { class: 'conflict', reason: 'record-has-another-id', key, recordIds };
}

/** Where the record carries an id of the same person: whose. */
function ownIdReason({ contactId }: ExportedContact, { contactIds }: KeyedRecord, matching: Matching) {
  const person = personOf(matching, contactId);
  if (contactIds.includes(person)) return 'survivor-has-record';
  return contactIds.some((id) => personOf(matching, id) === person) ? 'carries-merged-id' : undefined;
}

/** Both sides have a stronger key and share none of its values, or it leads elsewhere from either side. */
function disagrees(matching: Matching, contact: ExportedContact, record: KeyedRecord, key: KeyName): boolean {
  const mine = telling(matching, contact, key);
  const theirs = telling(matching, record, key);
  const records = matching.records.of(key, mine);
  const people = matching.people.of(key, theirs);
  return (
    (mine.length > 0 && theirs.length > 0 && !mine.some((value) => theirs.includes(value))) ||
    (records.length > 0 && !records.includes(record)) ||
    (people.length > 0 && !people.includes(personOf(matching, contact.contactId)))
  );
}

function unmatched(contact: ExportedContact, matching: Matching): Found {
  const own = matching.keys.filter((key) => (contact.keys[key] ?? []).length > 0);
  if (own.length === 0) return { class: 'unusable', reason: 'no-key', recordIds: [] };
  const tells = own.some((key) => telling(matching, contact, key).length > 0);
  return tells
    ? { class: 'missing-in-crm', reason: 'no-match', recordIds: [] }
    : { class: 'unusable', reason: 'key-of-many', recordIds: [] };
}

const idsOf = (records: readonly KeyedRecord[]) => records.map(({ recordId }) => recordId);
