import type { ContactDetails } from '../dustess/contact-event.ts';
import { type KnownKeys, UNNAMED } from '../ledger/known-keys.ts';
import type { LinkableCrm } from '../ports.ts';
import type { EventLinkReason } from './event-reasons.ts';
import type { Keys } from './keys.ts';
import { sealOf } from './link-plan.ts';
import { planLinks } from './plan-links.ts';
import { isExportKnown } from './remember-contact.ts';
import { keysOfTexts, type LinkRules, pairsOf, recordsWith } from './search-records.ts';
import type { ExportedContact, KeyedRecord } from './two-sides.ts';

export interface DecideDeps {
  crm: LinkableCrm;
  knownKeys: KnownKeys;
  rules: LinkRules;
  newSalt(): string;
  /** Of contacts that were merged away: into whom in the end. */
  survivorsOf(contactIds: string[]): Promise<Map<string, string>>;
}

/** The record to write the id on, or why on none. */
export type LinkDecision = { recordId: string } | { carriedBy: string } | { not: EventLinkReason };

/** So many values are searched for, a call for each. */
const MAX_VALUES = 4;

/**
 * Which record a contact is that an event tells of: by the rules of a plan, on what is known of both sides. The CRM's side
 * is searched and then read. 尘锋's side are the keys of the last export and of all events since: without an export nothing
 * is linked, for others may have the same number (promise 12). The contact itself is remembered before: of two with one
 * number that come at once, one sees the other. @throws CrmError, StoreError
 */
export async function decideLink(texts: ContactDetails, deps: DecideDeps): Promise<LinkDecision> {
  const { knownKeys, crm, rules } = deps;
  const keys = keysOfTexts(texts, rules);
  const base = await knownKeys.base(deps.newSalt);
  const carriers = [...new Set((await crm.find([texts.contactId])).map(({ recordId }) => recordId))];
  const [carriedBy] = carriers;
  if (carriers.length > 1) return { not: 'id-on-several-records' };
  if (carriedBy !== undefined) return { carriedBy };
  const hindrance = hindranceIn(texts, keys, rules);
  if (hindrance) return { not: hindrance };
  if (!isExportKnown(base, rules)) return { not: 'export-not-known' };
  const { records, isComplete } = await recordsWith(keys, deps);
  if (!isComplete) return { not: 'too-many-records' };
  const contact = { contactId: texts.contactId, lines: [], keys };
  const others = await othersWith(contact, records, deps, base.salt);
  return decide(contact, others, records, deps);
}

function hindranceIn(
  { mobiles, emails }: ContactDetails,
  keys: Keys,
  { events }: LinkRules,
): EventLinkReason | undefined {
  const texts = { mobile: mobiles, email: emails };
  // What is not said may disagree.
  if (events.some((key) => texts[key] === undefined)) return 'details-incomplete';
  const count = Object.values(keys).flat().length;
  if (count === 0) return 'no-key';
  return count > MAX_VALUES ? 'too-many-values' : undefined;
}

/** All other contacts that were seen with a value of the contact's or of one of the records. */
async function othersWith(
  contact: ExportedContact,
  records: KeyedRecord[],
  { knownKeys }: DecideDeps,
  salt: string,
): Promise<ExportedContact[]> {
  const pairs = [contact.keys, ...records.map(({ keys }) => keys)].flatMap(pairsOf);
  const distinct = [...new Map(pairs.map((pair) => [pair.join('\n'), pair])).values()];
  const owners = await knownKeys.owners(distinct.map(([key, value]) => sealOf(salt, key, value)));
  const others = new Map<string, Record<string, string[]>>();
  for (const [index, [key, value]] of distinct.entries())
    for (const owner of owners[index] ?? []) {
      const keys = others.get(owner) ?? {};
      keys[key] = [...(keys[key] ?? []), value];
      others.set(owner, keys);
    }
  others.delete(contact.contactId);
  return [...others].map(([contactId, keys]) => ({ contactId, lines: [], keys }));
}

async function decide(
  contact: ExportedContact,
  others: ExportedContact[],
  records: KeyedRecord[],
  { rules, survivorsOf }: DecideDeps,
): Promise<LinkDecision> {
  const carried = records.flatMap(({ contactIds }) => contactIds);
  const named = others.map(({ contactId }) => contactId).filter((contactId) => contactId !== UNNAMED);
  const survivors = await survivorsOf([...named, ...carried]);
  const { events: keys, sharedByAtMost } = rules;
  const [row] = planLinks([contact, ...others], records, { keys, sharedByAtMost, survivors });
  const recordId = row?.writes === contact.contactId ? row.recordIds[0] : undefined;
  return recordId === undefined ? { not: row?.reason ?? 'no-match' } : { recordId };
}
