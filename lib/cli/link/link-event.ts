import type { MergeEvent } from '../../event.ts';
import { type ConfirmDeps, candidatesOf, confirmCandidate } from '../../linking/confirm-candidate.ts';
import { patiently } from '../../linking/patience.ts';
import type { SearchRules } from '../../linking/search-records.ts';
import { loadEvent } from '../../merge/load-event.ts';
import type { LinkableCrm } from '../../ports.ts';
import { answerLink, askedContacts, type LinkAnswer } from '../../recovery/answer-link.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { knownEvent } from '../known-event.ts';
import { operatorName } from '../operator-name.ts';
import { printableId } from '../printable.ts';
import type { Service } from '../service-options.ts';
import { LINK_EVENT_WORDS } from './link-event-words.ts';
import { needLinkable } from './match-file.ts';
import { showCandidates } from './show-candidates.ts';
import { openTenant, patienceOf, type TenantOptions } from './tenant-settings.ts';

export interface LinkEventOptions extends TenantOptions {
  contact?: string;
  record?: string;
  nobody?: true;
  values?: true;
  by?: string;
  country: string;
}

/** An event that is parked for its unknown contacts, and all that it takes to answer. */
interface Asking {
  event: MergeEvent;
  contacts: string[];
  crm: LinkableCrm;
  service: Service;
  rules: SearchRules;
}

/**
 * Shows which record each unknown contact of a parked event may be; or writes the id on the one that is confirmed, and lets
 * the event go on. @throws UsageError, Refused, CrmError
 */
export async function linkEvent(eventId: string, options: LinkEventOptions, io: Io): Promise<void> {
  const { contact, record, nobody } = options;
  if ([record !== undefined, nobody === true].filter(Boolean).length !== (contact === undefined ? 0 : 1))
    throw new UsageError(
      'with --event say --contact ID and one of --record R and --nobody; or none of the three, to see',
    );
  const asking = await openAsking(eventId, options, io);
  if (contact === undefined)
    return showCandidates(eventId, await candidatesOf(asking.event, asking.contacts, depsOf(asking, io)), options, io);
  if (!asking.contacts.includes(contact))
    throw new UsageError(
      `the event does not wait for contact ${printableId(contact)}, but for ${printed(asking.contacts)}`,
    );
  if (record !== undefined) await confirm(asking, { contact, record }, io);
  await answer(eventId, asking, { contact, ...(record !== undefined && { record }) }, options, io);
}

const printed = (ids: string[]) => ids.map(printableId).join(', ');

async function openAsking(eventId: string, options: LinkEventOptions, io: Io): Promise<Asking> {
  const tenant = await openTenant(options, io);
  const { service } = tenant;
  if (!service) throw new UsageError('--event needs the deployment: --prefix merge-sync-prod, or --local');
  const crm = needLinkable(tenant);
  const record = await knownEvent(eventId, service);
  const contacts = askedContacts(record);
  if (contacts.length === 0)
    throw new Refused(`event ${printableId(eventId)} is not parked for unknown contacts: see merge-sync show`);
  const loaded = await loadEvent(service.ledger, record);
  if (!('event' in loaded)) throw new Refused(`the contacts of event ${printableId(eventId)} are not kept any more`);
  const rules: SearchRules = { events: ['mobile', 'email'], country: options.country };
  return { event: loaded.event, contacts, crm, service, rules };
}

const depsOf = ({ crm, service, rules }: Asking, io: Io): ConfirmDeps => ({
  ...{ crm, rules, now: io.now, linkIntents: service.ledger.linkIntents },
  attempt: (call) => patiently(patienceOf(io), call),
});

async function confirm(asking: Asking, said: Required<LinkAnswer>, io: Io): Promise<void> {
  const confirmed = await confirmCandidate(asking.event, said, depsOf(asking, io));
  const record = printableId(said.record);
  if (confirmed === 'not-a-candidate')
    throw new UsageError(
      `record ${record} has none of the contact’s numbers and addresses: write the id in the CRM by hand, then replay`,
    );
  if (confirmed === 'busy')
    throw new Refused(
      'an id is being written on this record, or was sent without an answer: try again in a quarter of an hour',
    );
  if (confirmed === 'record-changed')
    throw new Refused(`record ${record} is gone, carries another id, or another record carries this one`);
}

async function answer(
  eventId: string,
  { service, contacts }: Asking,
  said: LinkAnswer,
  options: LinkEventOptions,
  io: Io,
) {
  const result = await answerLink(eventId, said, { ...service, now: io.now, by: operatorName(options.by, io) });
  if (result !== 'queued')
    throw new Refused(`event ${printableId(eventId)} does not wait for an answer any more: see merge-sync show`);
  if (options.json) return io.out(JSON.stringify({ eventId, ...said, result }));
  const words = LINK_EVENT_WORDS[io.language];
  const contact = printableId(said.contact);
  const others = contacts.filter((one) => one !== said.contact);
  io.say(said.record === undefined ? words.without(contact) : words.linked(contact, printableId(said.record)));
  io.say(others.length === 0 ? words.goesOn : words.waits(printed(others)));
}
