import type { JsonObject } from '../../json.ts';
import type { Plan } from '../../ledger/plans.ts';
import type { EventStory } from '../../merge/event-story.ts';
import type { CountedAssociations } from '../../ports.ts';
import { beforeAndAfter } from '../read/before-after.ts';

/** A contact of an event as it was before its merge. Holds personal data. */
export interface PreImage {
  role: 'survivor' | 'loser';
  /** 尘锋 id; unknown for a loser that a command-style CRM was told of. */
  contactId: string | undefined;
  /** Unknown where the values are the sender's. */
  recordId: string | undefined;
  values: JsonObject;
  associations?: CountedAssociations;
}

export interface PreImages {
  /** `crm`: records as the CRM held them. `dustess`: contacts as 尘锋 told them, for a CRM that keeps its own. */
  source: 'crm' | 'dustess';
  /** Whether any call was made at the CRM; if not, these are the records as they were when the merge was planned. */
  wasCalled: boolean;
  /** Milliseconds since 1970: when the first of them was read, or the event was received. */
  at: number;
  contacts: PreImage[];
}

/** Both sides of an event as they were before its first call at the CRM. @returns undefined where nothing is kept any more. */
export function preImagesOf({ record, event, plans, journal }: EventStory): PreImages | undefined {
  const wasCalled = journal.length > 0;
  const called = new Set(journal.map(({ plan }) => plan));
  // A plan that made no call was replaced by a later one, which read the records anew.
  const counting = wasCalled ? plans.filter(({ number }) => called.has(number)) : plans.slice(-1);
  const contacts = distinct(counting.flatMap(contactsOf));
  if (contacts.length > 0) return { source: 'crm', wasCalled, at: counting[0]?.madeAt ?? record.receivedAt, contacts };
  const told = beforeAndAfter(undefined, event).map(({ contactId, isSurvivor, fields }): PreImage => {
    const known = fields.flatMap(({ key, before }) => (before === undefined ? [] : [[key, before] as const]));
    return { role: roleOf(isSurvivor), contactId, recordId: undefined, values: Object.fromEntries(known) };
  });
  return told.length > 0 ? { source: 'dustess', wasCalled, at: record.receivedAt, contacts: told } : undefined;
}

const contactsOf = ({ before, survivorRecord }: Plan): PreImage[] =>
  before.map(({ recordId, contactId, values, associations }) => ({
    role: roleOf(recordId === (survivorRecord ?? before[0]?.recordId)),
    contactId,
    recordId,
    values,
    ...(associations && { associations }),
  }));

const roleOf = (isSurvivor: boolean) => (isSurvivor ? 'survivor' : 'loser');

/** The earliest of each contact: a later part of an event reads the survivor after the first merges. */
function distinct(contacts: PreImage[]): PreImage[] {
  const first = new Map<string | undefined, PreImage>();
  for (const one of contacts) {
    const id = one.contactId ?? one.recordId;
    if (!first.has(id)) first.set(id, one);
  }
  return [...first.values()];
}
