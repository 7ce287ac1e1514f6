import { type KeyTexts, readKeyTexts } from '../dustess/contact-event.ts';
import type { MergeEvent } from '../event.ts';
import { isJsonObject } from '../json.ts';
import type { LinkableCrm } from '../ports.ts';
import type { Keys } from './keys.ts';
import { type EventKey, keysOfTexts, readKeyed, recordsWith, type SearchRules } from './search-records.ts';
import type { KeyedRecord } from './two-sides.ts';

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
export function textsOfContact(event: MergeEvent, contactId: string): KeyTexts | undefined {
  if (contactId === event.survivorId)
    return event.old.length === 0
      ? undefined
      : readKeyTexts(Object.fromEntries(event.old.map(({ key, value }) => [key, value])));
  const [entry, ...others] = event.mergedContacts;
  const isForced = event.loserIds.length === 1 && event.loserIds[0] === contactId && others.length === 0;
  return isForced && isJsonObject(entry) ? readKeyTexts(entry) : undefined;
}

export interface Candidates {
  /** Most keys first. */
  records: Candidate[];
  /** False where the CRM found more records than it named. */
  isComplete: boolean;
}

/** Records that hold one of the contact's values. @throws CrmError */
export async function findCandidates(texts: KeyTexts, crm: LinkableCrm, rules: SearchRules): Promise<Candidates> {
  const keys = keysOfTexts(texts, rules);
  const { records, isComplete } = await recordsWith(keys, { crm, rules });
  const candidates = records.flatMap((record) => candidateOf(record, keys, rules));
  return { records: candidates.sort((a, b) => b.agrees.length - a.agrees.length), isComplete };
}

/** Whether a record holds one of the contact's values as it is now, whatever a search finds. @throws CrmError */
export async function isCandidate(
  recordId: string,
  texts: KeyTexts,
  { crm, rules }: { crm: LinkableCrm; rules: SearchRules },
): Promise<boolean> {
  const keys = keysOfTexts(texts, rules);
  const records = await readKeyed([recordId], { crm, rules });
  return records.some((record) => candidateOf(record, keys, rules).length > 0);
}

function candidateOf({ recordId, contactIds, keys: values }: KeyedRecord, keys: Keys, rules: SearchRules): Candidate[] {
  const agrees = rules.events.filter((key) => (keys[key] ?? []).some((value) => values[key]?.includes(value)));
  return agrees.length > 0 ? [{ recordId, contactIds, values, agrees }] : [];
}
