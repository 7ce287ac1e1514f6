import type { Contact, Contacts } from '../../ledger/contacts.ts';
import type { Identities } from '../../ledger/plans.ts';
import type { ReasonOf } from '../../ledger/reasons.ts';
import type { CrmRecord, RecordCrm } from '../../ports.ts';
import { followAliases } from './resolve-aliases.ts';

/** An event's contacts as the CRM knows them now. */
export interface Found {
  /** The survivor's record, or the loser's that becomes it. */
  survivor?: CrmRecord;
  /** The loser whose record `survivor` is, to be given the survivor's id. */
  heir?: string;
  /** Records to be merged into it, each with the contact it stands for. */
  losers: { contact: string; record: CrmRecord }[];
  /** Contacts that have a record. */
  known: string[];
}

export type Search = { found: Found } | { conflict: ReasonOf<'parked'> };

export interface Wanted {
  identities: Identities;
  /** Every contact the event names or joins. */
  named: string[];
  /** The ledger's contacts for survivor and absorbed: they show what was done by hand in the CRM. */
  known: Map<string, Contact>;
  properties: string[];
}

/** One look-up for all contacts; a second only where the CRM contradicts the ledger. A conflict is named, never guessed away. */
export async function findRecords(
  crm: RecordCrm,
  wanted: Wanted,
  contacts: Pick<Contacts, 'readMany'>,
): Promise<Search> {
  const { identities, named } = wanted;
  const answers = await crm.find(named, wanted.properties);
  const byContact = groupByContact(answers);
  if (hasTwoRecords(answers, byContact)) return { conflict: 'two-records-for-one-contact' };
  if (await hasForeignRecord(answers, wanted, contacts)) return { conflict: 'record-of-another-contact' };
  const byHand = await changedByHand(crm, wanted, byContact);
  if (byHand) return { conflict: byHand };
  return { found: arrange(identities, named, byContact) };
}

interface Answer {
  asked: string;
  record: CrmRecord;
}
type ByContact = Map<string, CrmRecord>;

function groupByContact(answers: Answer[]): ByContact {
  return new Map(answers.map(({ asked, record }) => [asked, record]));
}

const hasTwoRecords = (answers: Answer[], byContact: ByContact) =>
  answers.some(({ asked, record }) => byContact.get(asked)?.recordId !== record.recordId);

/**
 * A CRM may still find a merged-away contact under its old id: then that is the record of another contact the event
 * names, or of one that the ledger knows as merged into them.
 */
async function hasForeignRecord(
  answers: Answer[],
  { identities, named }: Wanted,
  contacts: Pick<Contacts, 'readMany'>,
): Promise<boolean> {
  const asked = new Set<string | undefined>(named);
  const others = answers.map(({ record }) => record.contactId).filter((id) => !asked.has(id));
  if (others.includes(undefined)) return true;
  const ours = new Set([identities.survivor, ...identities.absorbed]);
  const { roots } = await followAliases(contacts, others as string[]);
  return [...roots.values()].some((id) => !ours.has(id));
}

/** A record that the ledger knows and the look-up no longer finds was changed by hand in the CRM. */
async function changedByHand(
  crm: RecordCrm,
  { identities, known }: Wanted,
  found: ByContact,
): Promise<ReasonOf<'parked'> | undefined> {
  const contacts = [identities.survivor, ...identities.absorbed];
  const lost = contacts.flatMap((contact) => {
    const recordId = known.get(contact)?.recordId;
    return recordId === undefined || found.has(contact) ? [] : [{ contact, recordId }];
  });
  if (lost.length === 0) return undefined;
  const places = await crm.locate(lost.map(({ recordId }) => recordId));
  const ours = new Set([...found.values()].map(({ recordId }) => recordId));
  for (const { contact, recordId } of lost) {
    const place = places.get(recordId);
    if (!place || place === 'gone' || ours.has(place.recordId)) continue; // Deleted, or merged where it belongs.
    const who = contact === identities.survivor ? 'survivor' : 'loser';
    return place.recordId === recordId ? `${who}-record-lost-its-contact-id` : `${who}-merged-away-in-crm`;
  }
  return undefined;
}

function arrange({ survivor, absorbed }: Identities, named: string[], byContact: ByContact): Found {
  const order = [...new Set([...absorbed, ...named])];
  const present = distinct(
    order.flatMap((contact) => {
      const record = byContact.get(contact);
      return record ? [{ contact, record }] : [];
    }),
  );
  const known = [...byContact.keys()];
  const own = byContact.get(survivor);
  if (own) {
    const former = own.contactId === survivor ? undefined : own.contactId;
    return { survivor: own, ...(former !== undefined && { heir: former }), losers: others(present, own), known };
  }
  const [heir] = present;
  if (!heir) return { losers: [], known };
  return { survivor: heir.record, heir: heir.contact, losers: others(present, heir.record), known };
}

const others = (losers: Found['losers'], own: CrmRecord) =>
  losers.filter(({ record }) => record.recordId !== own.recordId);

function distinct(losers: Found['losers']): Found['losers'] {
  const byRecord = new Map<string, Found['losers'][number]>();
  for (const loser of losers) if (!byRecord.has(loser.record.recordId)) byRecord.set(loser.record.recordId, loser);
  return [...byRecord.values()];
}
