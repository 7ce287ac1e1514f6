import { readKeyTexts } from '../dustess/contact-event.ts';
import type { MergeEvent } from '../event.ts';
import { isJsonObject } from '../json.ts';
import type { LinkableCrm } from '../ports.ts';
import { type EventKey, keysOfTexts, recordsWith, type SearchRules, type TextsOfContact } from './search-records.ts';

/** A record that a contact may be; a human confirms it. */
export interface Candidate {
  recordId: string;
  /** Keys of which a value agrees. */
  agrees: EventKey[];
  /** Ids that it carries already: with another's it cannot be the contact's. */
  contactIds: string[];
  /** The record's values of the keys: personal data. */
  values: { [key: string]: readonly string[] };
}

/**
 * What an event says of one of its contacts before the merge: `old` is the survivor's; `mergedContacts` carries no ids, so
 * an entry is a loser's only where there is one of each. What stands there after the merge is both of them, and never used.
 * @returns undefined where it says nothing.
 */
export function textsOfContact(event: MergeEvent, contactId: string): Omit<TextsOfContact, 'contactId'> | undefined {
  if (contactId === event.survivorId)
    return event.old.length === 0
      ? undefined
      : readKeyTexts(Object.fromEntries(event.old.map(({ key, value }) => [key, value])));
  const [entry, ...others] = event.mergedContacts;
  const isForced = event.loserIds.length === 1 && event.loserIds[0] === contactId && others.length === 0;
  return isForced && isJsonObject(entry) ? readKeyTexts(entry) : undefined;
}

/** Records that hold one of the contact's values, most keys first. @throws CrmError */
export async function findCandidates(
  texts: Omit<TextsOfContact, 'contactId'>,
  crm: LinkableCrm,
  rules: SearchRules,
): Promise<Candidate[]> {
  const keys = keysOfTexts(texts, rules);
  const records = await recordsWith(keys, { crm, rules });
  const candidates = records.map(({ recordId, contactIds, keys: theirs }) => ({
    recordId,
    contactIds,
    values: theirs,
    agrees: rules.events.filter((key) => (keys[key] ?? []).some((value) => theirs[key]?.includes(value))),
  }));
  return candidates.filter(({ agrees }) => agrees.length > 0).sort((a, b) => b.agrees.length - a.agrees.length);
}
