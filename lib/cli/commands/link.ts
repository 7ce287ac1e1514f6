import { Command } from 'commander';
import { UsageError } from '../exit.ts';
import { idArgument } from '../id-argument.ts';
import type { Io } from '../io.ts';
import { type LinkEventOptions, linkEvent } from '../link/link-event.ts';
import { makePlan, type PlanOptions } from '../link/make-plan.ts';
import { HOME } from '../link/read-options.ts';
import { applyPlanFile, undoPlanFile } from '../link/run-plan.ts';
import { addServiceOptions } from '../service-options.ts';

interface LinkOptions extends PlanOptions, Omit<LinkEventOptions, 'crm' | 'country'> {
  apply?: string;
  undo?: string;
  event?: string;
}

const collect = (value: string, before: string[] = []) => [...before, value];

export function linkCommand(io: Io): Command {
  const command = new Command('link')
    .summary('write 尘锋 ids on the records of your CRM')
    .description(
      'Finds out which contact of a 尘锋 export is which record of the CRM, and writes a plan and a report of every row; ' +
        'with --apply it writes the ids of such a plan, with --undo it takes them back. An id is written only where a key ' +
        'is unique on both sides and no stronger key disagrees. Nothing is merged.',
    )
    .argument('[file]', 'the export: CSV (UTF-8 or GBK) or .xlsx');
  return addMatchingOptions(addServiceOptions(command))
    .option('--out <name>', 'plan and report get this name (default: that of the file, beside it)')
    .option('--remember', 'remember the export’s keys, hashed, so that new contacts can be linked by their events')
    .option('--apply <plan>', 'write the ids of this plan; stopped at any point, run it again')
    .option('--undo <plan>', 'clear the ids that this plan has written')
    .option('--event <id>', 'a parked event: which record its unknown contacts may be', idArgument)
    .option('--contact <id>', 'with --event: the contact that is answered for', idArgument)
    .option('--record <id>', 'with --event: the contact is this record; its id is written there')
    .option('--nobody', 'with --event: the contact has no record')
    .option('--values', 'with --event: also what the records hold of the keys (personal data)')
    .option('--by <name>', 'who does it, kept with the event (default: $USER)')
    .addHelpText('after', EXAMPLES)
    .action((file: string | undefined, options: LinkOptions) => link(file, options, io));
}

/** How an export and a CRM are compared. */
export function addMatchingOptions(command: Command): Command {
  return command
    .option('--crm <file>', 'CRM settings, where they are not yet deployed; - for stdin')
    .option('--key <names>', 'keys, the strongest first', 'mobile,email')
    .option('--column <key=name>', 'column of the file that holds the id or a key; repeatable', collect)
    .option('--property <key=names>', 'properties of a record that hold a key; repeatable', collect)
    .option('--country <code>', 'where numbers without a country code are at home', HOME)
    .option('--shared <count>', 'a value that more than so many share is no key', '5')
    .option('--records <file>', 'an export of the CRM’s records, where they cannot be read from here');
}

const EXAMPLES = `
Examples:
  npx merge-sync link contacts.csv --prefix merge-sync-prod
  npx merge-sync link contacts.xlsx --crm crm.json --column id=联系人ID --key mobile,email
  npx merge-sync link --apply contacts.link.json --prefix merge-sync-prod
  npx merge-sync link --undo contacts.link.json --prefix merge-sync-prod
  npx merge-sync link --event EVENT --contact ID --record RECORD --prefix merge-sync-prod`;

async function link(file: string | undefined, options: LinkOptions, io: Io): Promise<void> {
  const { apply, undo, event } = options;
  if ([file, apply, undo, event].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('give one of these: an export to plan with, --apply PLAN, --undo PLAN, or --event EVENT');
  if (event !== undefined) return linkEvent(event, options, io);
  if (apply !== undefined) return applyPlanFile(apply, options, io);
  if (undo !== undefined) return undoPlanFile(undo, options, io);
  return makePlan(file ?? '', options, io);
}
