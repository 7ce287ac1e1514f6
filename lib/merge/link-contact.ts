import { type ContactDetails, readContactEvent } from '../dustess/contact-event.ts';
import { CrmError, OutOfTime } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import type { Change } from '../ledger/transitions.ts';
import { type ClaimedEvent, lastCallAt, move, noteCall } from './claimed-event.ts';
import type { ContactLinks, KnownContacts } from './contact-links.ts';
import { lockContacts, unlockContacts } from './contact-locks.ts';
import { parkReasonOf, waitReasonOf } from './execute/step-outcome.ts';
import { goneReason } from './load-event.ts';
import { followAliases } from './plan/resolve-aliases.ts';
import { retryLater, type Trouble, waitForContacts } from './reschedule.ts';
import type { TenantCrm } from './tenant-crm.ts';

type End = { leave: Change } | { later: Trouble };

/**
 * An event about one contact: writes its id on the one record that it is, or on none. Nothing else is written, created or
 * deleted. Deliver it as often as you like: an id that stands there is not written again. @throws StoreError, LeaseLost
 */
export async function linkContact(claimed: ClaimedEvent, { links, policy }: TenantCrm): Promise<void> {
  const contact = await contactOf(claimed);
  if (!contact || !links)
    return leaveUnremembered(
      claimed,
      contact ? notLinked('linking-off') : { on: 'park', reason: goneReason(claimed.record) },
    );
  // Before anything else, whatever becomes of the event: another contact with its number must not seem to be the only one.
  await links.remember(contact, knownTo(claimed));
  const locked = await lockContacts(claimed, [contact.contactId]);
  if ('behind' in locked) return waitForContacts(claimed, locked);
  const isMerged = locked.roots.get(contact.contactId) !== contact.contactId;
  const end = isMerged ? left('contact-merged') : await tryToLink(claimed, links, contact, policy.mode === 'live');
  await unlockContacts(claimed);
  return 'later' in end ? retryLater(claimed, end.later) : move(claimed, end.leave);
}

/** Whose its numbers are is not known from now on: what was remembered is not all any more (promise 12). */
async function leaveUnremembered(claimed: ClaimedEvent, change: Change): Promise<void> {
  await claimed.ledger.knownKeys.forgetExport();
  return move(claimed, change);
}

const notLinked = (why: string): Change => ({ on: 'skip', reason: `not-linked:${why}` });
const left = (why: string): End => ({ leave: notLinked(why) });
const LINKED: End = { leave: { on: 'apply', reason: 'linked' } };
const WAIT: End = { later: { reason: 'crm-retry-soon' } };

async function contactOf({ ledger, record }: ClaimedEvent): Promise<ContactDetails | undefined> {
  const body = (await ledger.contents.read(record.digest))?.payload?.body;
  return isJsonObject(body) ? readContactEvent(body) : undefined;
}

async function tryToLink(
  claimed: ClaimedEvent,
  links: ContactLinks,
  contact: ContactDetails,
  isLive: boolean,
): Promise<End> {
  try {
    return await link(claimed, links, contact, isLive);
  } catch (error) {
    // Later counts as a failure: at a CRM too slow for one function's time it must not go on for ever.
    if (error instanceof OutOfTime) return WAIT;
    if (!(error instanceof CrmError)) throw error;
    const reason = parkReasonOf(error);
    if (reason !== undefined) return { leave: { on: 'park', reason } };
    return { later: { reason: waitReasonOf(error), error } };
  }
}

async function link(
  claimed: ClaimedEvent,
  links: ContactLinks,
  contact: ContactDetails,
  isLive: boolean,
): Promise<End> {
  const { ledger, record } = claimed;
  const decision = await links.decide(contact, knownTo(claimed));
  const intent = await ledger.linkIntents.of(record.eventId, contact.contactId);
  if ('carriedBy' in decision) return intent?.recordId === decision.carriedBy ? LINKED : left('already-linked');
  // What was sent and not answered may still arrive: until then nothing else is believed.
  if (intent && !('recordId' in decision && decision.recordId === intent.recordId)) return WAIT;
  if ('not' in decision) return left(decision.not);
  return isLive ? write(claimed, links, contact.contactId, decision.recordId) : left('observe-mode');
}

function knownTo(claimed: ClaimedEvent): KnownContacts {
  const { ledger, deps } = claimed;
  return {
    isOutOfTime: () => deps.now() > lastCallAt(claimed),
    knownKeys: ledger.knownKeys,
    newSalt: deps.newId,
    async survivorsOf(contactIds) {
      const { roots } = await followAliases(ledger.contacts, contactIds);
      return new Map([...roots].filter(([id, survivor]) => id !== survivor));
    },
  };
}

async function write(claimed: ClaimedEvent, links: ContactLinks, contactId: string, recordId: string): Promise<End> {
  const { ledger, record, deps } = claimed;
  const intent = { eventId: record.eventId, contactId, recordId };
  const at = deps.now();
  if (at > lastCallAt(claimed)) return WAIT;
  try {
    const times = { at, settleMs: deps.timing.settleMs };
    const outcome = await ledger.linkIntents.during(intent, times, () =>
      links.write(recordId, contactId, knownTo(claimed)),
    );
    if (outcome === 'busy') return WAIT;
    await noteCall(claimed, { call: 'link', at, outcome: outcome === 'written' ? 'done' : outcome });
    return outcome === 'written' ? LINKED : left(outcome);
  } catch (error) {
    if (error instanceof CrmError) await noteCall(claimed, { call: 'link', at, outcome: error.kind, code: error.code });
    throw error;
  }
}
