import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { type Exported, exportOf } from '../../console/export/exported.ts';
import { EXPORT_FORMATS, type ExportFormat, exportedAs } from '../../console/export/formats.ts';
import { readEventStory } from '../../merge/event-story.ts';
import { describeCause } from '../describe-cause.ts';
import { Refused, UsageError } from '../exit.ts';
import { idArgument } from '../id-argument.ts';
import type { Io } from '../io.ts';
import { knownEvent } from '../known-event.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';

interface ExportOptions extends ServiceOptions {
  format?: ExportFormat;
  out?: string;
}

export function exportCommand(io: Io): Command {
  const command = new Command('export')
    .summary('save both records as they were before a merge')
    .description(
      'Saves both records of an event as they were before its merge: as JSON, as CSV with a line a contact, or as a ' +
        'page for people. What is in it depends on journal.properties of the CRM settings. Personal data.',
    )
    .argument('<event-id>', 'the event', idArgument);
  return addServiceOptions(command)
    .addOption(new Option('--format <format>', 'default: that of the file’s name, or json').choices(EXPORT_FORMATS))
    .option('--out <file>', 'a new file, for its owner alone (default: standard output)')
    .addHelpText('after', EXAMPLES)
    .action(async (eventId: string, options: ExportOptions) => save(eventId, options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync export --prefix merge-sync-prod --out before.html d7ed8618-6180-4ded-a5a5-a315369e6b1e
  npx merge-sync export --local d7ed8618-6180-4ded-a5a5-a315369e6b1e > before.json`;

async function save(eventId: string, options: ExportOptions, io: Io): Promise<void> {
  const format = formatOf(options);
  const service = await openService(options, io);
  const exported = await read(eventId, service);
  const text = exportedAs(format, exported, io.language);
  if (options.out === undefined) return io.out(text.trimEnd());
  writeNew(options.out, text);
  io.say(`${exported.contacts.length} contacts saved in ${options.out}`);
  if (!exported.wasCalled)
    io.say('Nothing was sent to the CRM: these are the records as they were when the merge was planned.');
}

function formatOf({ format, out, json }: ExportOptions): ExportFormat {
  const named = EXPORT_FORMATS.find((one) => path.extname(out ?? '').toLowerCase() === `.${one}`);
  if (out !== undefined && !format && !named && !json)
    throw new UsageError(`--out: name a file that ends in ${EXPORT_FORMATS.join(', ')}, or give --format`);
  return format ?? (json ? 'json' : (named ?? 'json'));
}

/** @throws Refused where there is no such event, or nothing of it is kept any more. */
async function read(eventId: string, service: Service): Promise<Exported> {
  const { ledger } = service;
  const record = await knownEvent(eventId, service);
  if (record.erased) throw new Refused(`the values of ${printableId(eventId)} were erased: see merge-sync show`);
  const exported = exportOf(ledger.tenant, await readEventStory(ledger, record));
  if (exported) return exported;
  throw new Refused(`nothing is kept of the records of ${printableId(eventId)}: it is no merge, or its time is over`);
}

/** Never over another file. @throws UsageError */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new UsageError(`${file} is there already: name another file, or remove it`);
    throw new UsageError(`${file} cannot be written (${describeCause(error)})`);
  }
}
