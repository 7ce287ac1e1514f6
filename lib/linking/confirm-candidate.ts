import type { MergeEvent } from '../event.ts';
import type { LinkIntents } from '../ledger/link-intents.ts';
import type { LinkableCrm, Now } from '../ports.ts';
import { type Candidates, findCandidates, isCandidate, textsOfContact } from './candidates.ts';
import { writeLink } from './contact-links.ts';
import type { SearchRules } from './search-records.ts';

/** A contact that an event waits for. */
export interface Asked {
  contact: string;
  /** Undefined: the event does not say what the contact's own numbers and addresses are. */
  candidates: Candidates | undefined;
}

export interface ConfirmDeps {
  crm: LinkableCrm;
  rules: SearchRules;
  linkIntents: LinkIntents;
  now: Now;
  /** How often and how long one call at the CRM is tried. */
  attempt<T>(call: () => Promise<T>): Promise<T>;
}

/** Which record each contact of an event may be. @throws CrmError */
export async function candidatesOf(event: MergeEvent, contacts: string[], deps: ConfirmDeps): Promise<Asked[]> {
  const { crm, rules, attempt } = deps;
  const asked: Asked[] = [];
  for (const contact of contacts) {
    const texts = textsOfContact(event, contact);
    asked.push({ contact, candidates: texts && (await attempt(() => findCandidates(texts, crm, rules))) });
  }
  return asked;
}

/**
 * `busy`: another event is just linking this record, or an earlier write of this id may still arrive; `record-changed`: it is gone, or an id stands in
 * the way.
 */
export type Confirmed = 'written' | 'not-a-candidate' | 'busy' | 'record-changed';

/** Writes a contact's id on a record that one of its keys leads to, after one more look (promise 12). @throws CrmError */
export async function confirmCandidate(
  event: MergeEvent,
  { contact, record }: { contact: string; record: string },
  deps: ConfirmDeps,
): Promise<Confirmed> {
  const { crm, linkIntents, now, attempt } = deps;
  const texts = textsOfContact(event, contact);
  if (!texts || !(await attempt(() => isCandidate(record, texts, deps)))) return 'not-a-candidate';
  const intent = { eventId: event.eventId, contactId: contact, recordId: record };
  const write = () => writeLink(crm, record, contact);
  const confirmed = await attempt(() => linkIntents.during(intent, { at: now() }, write));
  return confirmed === 'busy' && (await carries(record, contact, deps)) ? 'written' : confirmed;
}

/** What was sent without an answer has arrived. */
async function carries(record: string, contact: string, { crm, attempt }: ConfirmDeps): Promise<boolean> {
  const [read] = await attempt(() => crm.read([record], []));
  return read?.contactIds.includes(contact) ?? false;
}
