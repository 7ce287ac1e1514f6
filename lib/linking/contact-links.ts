import { aroundCalls } from '../around-calls.ts';
import type { ContactDetails } from '../dustess/contact-event.ts';
import { CrmError, OutOfTime } from '../errors.ts';
import type { LinkableCrm } from '../ports.ts';
import type { DecideDeps, LinkDecision } from './decide-link.ts';
import type { LinkRules } from './search-records.ts';

/**
 * How events about single contacts are linked at a tenant's CRM, by the rules of its policy.
 * @param load the CRM; called when the first such event comes.
 */
export function createContactLinks(load: () => Promise<LinkableCrm>, rules: LinkRules) {
  let opened: Promise<LinkableCrm> | undefined;
  const open = () => {
    opened ??= load();
    return opened;
  };
  return {
    // The numbering plans of all countries are read with the first such event, not whenever a worker starts.
    async remember(contact: ContactDetails, known: Pick<Known, 'knownKeys' | 'newSalt'>): Promise<void> {
      const { rememberContact } = await import('./remember-contact.ts');
      return rememberContact(contact, { ...known, rules });
    },
    async decide(contact: ContactDetails, known: Known): Promise<LinkDecision> {
      const { decideLink } = await import('./decide-link.ts');
      return decideLink(contact, { ...known, rules, crm: inTime(await open(), known) });
    },
    async write(recordId: string, contactId: string, known: Known): Promise<'written' | 'record-changed'> {
      return writeLink(inTime(await open(), known), recordId, contactId);
    },
  };
}

interface Known extends Omit<DecideDeps, 'crm' | 'rules'> {
  isOutOfTime(): boolean;
}

/** The same CRM, but that no call begins once the time is up. */
function inTime(crm: LinkableCrm, { isOutOfTime }: Known): LinkableCrm {
  return aroundCalls(crm, async (call) => {
    if (isOutOfTime()) throw new OutOfTime('the function’s time is used up');
    return call();
  });
}

/** Writes an id on a record that has none and that no other record has. Repeated, it changes nothing. @throws CrmError */
export async function writeLink(
  crm: LinkableCrm,
  recordId: string,
  contactId: string,
): Promise<'written' | 'record-changed'> {
  const [record] = await crm.read([recordId], []);
  if (record?.contactIds.includes(contactId)) return 'written';
  const holders = await crm.find([contactId]);
  if (!record || record.contactIds.length > 0 || holders.length > 0) return 'record-changed';
  const code = (await crm.writeIds([{ recordId, contactId }])).get(recordId);
  if (code === undefined) return 'written';
  throw new CrmError('permanent', `${crm.name}: the id of a record was refused`, { code });
}
