import { Command } from 'commander';
import { chineseName } from '../chinese.ts';
import type { Io } from '../io.ts';
import { localUrl } from '../local-stack.ts';
import { operatorName } from '../operator-name.ts';
import { printableId } from '../printable.ts';
import { placeOfQueue } from '../queue-place.ts';
import { addServiceOptions, openService, prefixOf, type ServiceOptions } from '../service-options.ts';

interface WhoamiOptions extends ServiceOptions {
  by?: string;
}

export function whoamiCommand(io: Io): Command {
  const command = new Command('whoami')
    .summary('show where a command would work, and as whom')
    .description(
      'Shows the deployment that commands would work on, its AWS account and region, the tenant, and the name that is ' +
        'kept with what you do. Asks AWS for the queue only, and changes nothing.',
    );
  return addServiceOptions(command)
    .option('--by <name>', 'who acts, kept with the event (default: $USER)')
    .addHelpText('after', '\nExamples:\n  npx merge-sync whoami\n  npx merge-sync whoami --profile prod --json')
    .action((options: WhoamiOptions) => whoami(options, io));
}

async function whoami(options: WhoamiOptions, io: Io): Promise<void> {
  const { queueUrl, ledger } = await openService(options, io);
  const place = options.local
    ? { local: localUrl(options.local) }
    : { prefix: prefixOf(options, io), ...placeOfQueue(queueUrl) };
  const facts = { ...place, tenant: ledger.tenant, operator: operatorName(options.by, io) };
  if (options.json) return io.out(JSON.stringify(facts));
  for (const [name, value] of Object.entries(facts)) io.say(`${labelOf(name, io)}  ${printableId(value)}`);
}

const labelOf = (name: string, { language }: Io) => (language === 'zh' ? chineseName(name) : name.padEnd(8));
