import { Command } from 'commander';
import { type ForgetOptions, forgetPerson } from '../forget/forget-person.ts';
import { idArgument } from '../id-argument.ts';
import type { Io } from '../io.ts';
import { addServiceOptions } from '../service-options.ts';

export function forgetCommand(io: Io): Command {
  const command = new Command('forget')
    .summary('erase what the ledger holds of a person')
    .description(
      'Erases payloads, records as they were and written values of a contact and of all contacts that are one person with ' +
        'it; ids, states, times and aliases stay. Shows what it found and asks. Refused while events about the person are ' +
        'not over. Stopped at any point, run it again.',
    )
    .argument('<contact-id>', 'a 尘锋 contact id', idArgument);
  return addServiceOptions(command)
    .option('--dry-run', 'show what would be erased, and erase nothing')
    .option('--confirm <id>', 'the contact’s id again, where there is no terminal to ask in')
    .option('--by <name>', 'who does it, kept with the events (default: $USER)')
    .addHelpText('after', EXAMPLES)
    .action((contact: string, options: ForgetOptions) => forgetPerson(contact, options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync forget --prefix merge-sync-prod --dry-run 2df106aa-7057-11ed-a049-a2eb63fbe44a
  npx merge-sync forget --prefix merge-sync-prod 2df106aa-7057-11ed-a049-a2eb63fbe44a`;
