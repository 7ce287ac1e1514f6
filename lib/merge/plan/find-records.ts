import type { Contact } from '../../ledger/contacts.ts';
import type { CrmRecord, RecordCrm } from '../../ports.ts';
import type { Identities } from './check-identities.ts';

/** The people of an event as the CRM knows them now. */
export interface Found {
  /** The survivor's record, or the loser's that becomes it. */
  survivor?: CrmRecord;
  /** Whether `survivor` is a loser's record, to be given the survivor's id. */
  adopted: boolean;
  /** Records to be merged into it, each with the contact it stands for. */
  losers: { contact: string; record: CrmRecord }[];
}

export type Search = { found: Found } | { doubt: string };

export interface Wanted {
  identities: Identities;
  /** Every contact the event names or joins. */
  named: string[];
  /** The ledger's contacts for survivor and absorbed, to notice what was done by hand. */
  known: Map<string, Contact>;
  properties: string[];
}

/** One look-up for everybody; more only where the CRM contradicts what we remember. Doubt is named, never resolved by guessing. */
export async function findRecords(crm: RecordCrm, wanted: Wanted): Promise<Search> {
  const { identities, named } = wanted;
  const answers = await crm.find(named, wanted.properties);
  const byContact = groupByContact(answers);
  const doubt = doubtAbout(answers, byContact, named);
  if (doubt) return { doubt };
  const byHand = await changedByHand(crm, wanted, byContact);
  if (byHand) return { doubt: byHand };
  return { found: arrange(identities, named, byContact) };
}

type ByContact = Map<string, CrmRecord>;

function groupByContact(answers: { asked: string; record: CrmRecord }[]): ByContact {
  return new Map(answers.map(({ asked, record }) => [asked, record]));
}

function doubtAbout(answers: { asked: string; record: CrmRecord }[], byContact: ByContact, named: string[]) {
  const several = answers.some(({ asked, record }) => byContact.get(asked)?.recordId !== record.recordId);
  if (several) return 'two-records-for-one-contact';
  // A CRM may still find a merged-away contact under its old id: then it is the record of somebody we name as well.
  const foreign = answers.some(({ record }) => record.contactId === undefined || !named.includes(record.contactId));
  return foreign ? 'record-of-another-contact' : undefined;
}

/** Where the ledger remembers a record that look-up no longer finds, somebody has been at work in the CRM itself. */
async function changedByHand(crm: RecordCrm, { identities, known }: Wanted, found: ByContact) {
  const people = [identities.survivor, ...identities.absorbed];
  const lost = people.flatMap((contact) => {
    const recordId = known.get(contact)?.recordId;
    return recordId === undefined || found.has(contact) ? [] : [{ contact, recordId }];
  });
  if (lost.length === 0) return undefined;
  const locate = await crm.locate(lost.map(({ recordId }) => recordId));
  const ours = new Set([...found.values()].map(({ recordId }) => recordId));
  for (const { contact, recordId } of lost) {
    const place = locate.get(recordId);
    if (!place || place === 'gone' || ours.has(place.recordId)) continue; // Deleted, or merged where it belongs.
    const who = contact === identities.survivor ? 'survivor' : 'loser';
    return place.recordId === recordId ? `${who}-record-lost-its-contact-id` : `${who}-merged-away-in-crm`;
  }
  return undefined;
}

function arrange({ survivor, absorbed }: Identities, named: string[], byContact: ByContact): Found {
  const order = [...new Set([...absorbed, ...named])].filter((contact) => contact !== survivor);
  const present = distinct(
    order.flatMap((contact) => {
      const record = byContact.get(contact);
      return record ? [{ contact, record }] : [];
    }),
  );
  const own = byContact.get(survivor);
  if (own) return { survivor: own, adopted: false, losers: others(present, own) };
  const heir = present[0]?.record;
  return heir ? { survivor: heir, adopted: true, losers: others(present, heir) } : { adopted: false, losers: [] };
}

const others = (losers: Found['losers'], own: CrmRecord) =>
  losers.filter(({ record }) => record.recordId !== own.recordId);

function distinct(losers: Found['losers']): Found['losers'] {
  const byRecord = new Map<string, Found['losers'][number]>();
  for (const loser of losers) if (!byRecord.has(loser.record.recordId)) byRecord.set(loser.record.recordId, loser);
  return [...byRecord.values()];
}
