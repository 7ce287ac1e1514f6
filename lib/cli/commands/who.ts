import { Command } from 'commander';
import type { Contact } from '../../ledger/contacts.ts';
import { EVENT_WORDS, type EventWords } from '../event-words.ts';
import { Refused } from '../exit.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';

export function whoCommand(io: Io): Command {
  const command = new Command('who')
    .summary('show who a contact is now')
    .description('Follows the aliases from a 尘锋 contact id to the contact it is part of now.')
    .argument('<contact-id>', 'a 尘锋 contact id');
  return addServiceOptions(command)
    .addHelpText('after', '\nExamples:\n  npx merge-sync who 2df106aa-7057-11ed-a049-a2eb63fbe44a --local')
    .action((contactId: string, options: ServiceOptions) => who(contactId, options, io));
}

async function who(contactId: string, options: ServiceOptions, io: Io): Promise<void> {
  const service = await openService(options, io);
  const way = await follow(service, contactId);
  if (options.json) io.out(JSON.stringify(way));
  else
    for (const { contactId: id, contact } of way) io.say(describe(id, contact, EVENT_WORDS[io.language]).join('\n  '));
  if (way.length > 0) return;
  await service.checkTenant();
  throw new Refused(
    `contact ${printableId(contactId)} is unknown: no merge of tenant ${service.ledger.tenant} has named it so far`,
  );
}

/** @returns nothing for a contact that the ledger has never heard of. */
async function follow({ ledger }: Service, contactId: string) {
  const way: { contactId: string; contact: Contact }[] = [];
  for (let at: string | undefined = contactId; at !== undefined; ) {
    const { value: contact, version } = await ledger.contacts.read(at);
    if (version === 0 && way.length === 0) return [];
    way.push({ contactId: at, contact });
    at = contact.mergedInto;
  }
  return way;
}

/** An id a line, so that a narrow window does not cut them. */
function describe(contactId: string, contact: Contact, words: EventWords): string[] {
  const { mergedInto, mergedBy, recordId, lockedBy } = contact;
  const id = printableId(contactId);
  if (mergedInto) return [id, words.mergedInto(printableId(mergedInto)), words.byEvent(printableId(mergedBy ?? '?'))];
  return [
    id,
    words.isItself,
    ...(recordId ? [words.crmRecord(printableId(recordId))] : []),
    ...(lockedBy ? [words.lockedBy(printableId(lockedBy.event))] : []),
  ];
}
