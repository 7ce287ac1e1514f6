import { Command } from 'commander';
import type { Contact } from '../../ledger/contacts.ts';
import type { Io } from '../io.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';

export function whoCommand(io: Io): Command {
  const command = new Command('who')
    .summary('show who a contact is now')
    .description('Follows the aliases from a 尘锋 contact id to the contact it is part of now.')
    .argument('<contact-id>', 'a 尘锋 contact id');
  return addServiceOptions(command)
    .addHelpText('after', '\nExamples:\n  npx merge-sync who 2df106aa-7057-11ed-a049-a2eb63fbe44a --local')
    .action(async (contactId: string, options: ServiceOptions) => {
      const way = await follow(await openService(options, io), contactId);
      if (options.json) return io.out(JSON.stringify(way));
      for (const { contactId: id, contact } of way) io.out(describe(id, contact));
    });
}

async function follow({ ledger }: Service, contactId: string) {
  const way: { contactId: string; contact: Contact }[] = [];
  for (let at: string | undefined = contactId; at !== undefined; ) {
    const contact: Contact = (await ledger.contacts.read(at)).value;
    way.push({ contactId: at, contact });
    at = contact.mergedInto;
  }
  return way;
}

function describe(contactId: string, { mergedInto, mergedBy, recordId, lockedBy }: Contact): string {
  if (mergedInto) return `${contactId}  merged into ${mergedInto} by event ${mergedBy ?? 'unknown'}`;
  const record = recordId ? `, CRM record ${recordId}` : '';
  return `${contactId}  is itself${record}${lockedBy ? `, locked by event ${lockedBy.event}` : ''}`;
}
