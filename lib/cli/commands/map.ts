import { Command } from 'commander';
import { readJson } from '../../config.ts';
import { namedKind } from '../../dustess/event-kind.ts';
import { readMergeEvent } from '../../dustess/merge-event.ts';
import type { Field, MergeEvent } from '../../event.ts';
import type { Json } from '../../json.ts';
import { isJsonObject } from '../../json.ts';
import { checkMapping, type MappingCheck } from '../../mapping/check.ts';
import { readCallbackInput } from '../callback-input.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readInput } from '../read-input.ts';

interface MapOptions {
  check: string;
  event?: string;
  json?: true;
}

export function mapCommand(io: Io): Command {
  return new Command('map')
    .summary('show what a field mapping does to an event')
    .description(
      'Checks a field mapping and shows what becomes of each field, with an invented contact that has them all, or with ' +
        'an event of yours. Nothing is sent. With --event it prints personal data.',
    )
    .requiredOption('--check <file>', 'JSON of a mapping, or of CRM settings that hold one; - for stdin')
    .option('--event <file>', 'an event in plain text, as decrypt --json prints it')
    .option('--json', 'print {"fields":[{"key","value","writes","problem"}],"absent"}')
    .addHelpText('after', EXAMPLES)
    .action((options: MapOptions) => map(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync map --check mapping.json
  npx merge-sync map --check crm-settings.json --event captured.json`;

async function map(options: MapOptions, io: Io): Promise<void> {
  const mapping = mappingIn(readJson(options.check, await readInput(options.check, io)));
  const fields = options.event === undefined ? undefined : fieldsIn(await readInput(options.event, io));
  const check = checkMapping(options.check, mapping, fields);
  if (options.json) return io.out(forScripts(check));
  io.out(check.lines.join('\n'));
  io.err(summary(check));
}

/** CRM settings have the mapping beside the CRM's own; a mapping has nothing but fields. */
function mappingIn(settings: unknown): unknown {
  if (isJsonObject(settings) && isJsonObject(settings.crm)) return settings.mapping ?? {};
  return settings;
}

/** All that an event says of the survivor: what it was, overlaid with what the merge changed. */
function fieldsIn(text: string): Field[] {
  const { changed, old } = readEvent(text);
  const keys = new Set(changed.map(({ key }) => key));
  return [...changed, ...old.filter(({ key }) => !keys.has(key))];
}

function readEvent(text: string): MergeEvent {
  const input = readCallbackInput(text);
  if ('captured' in input) throw new UsageError('the event is sealed: open it with merge-sync decrypt --json first');
  if (namedKind(input) === 'other')
    throw new UsageError('the event is not CRM_MERGE/CRM_CONTACT_MERGED: only merges are mapped');
  return readMergeEvent(input.id ?? 'event', input.body);
}

function forScripts({ fields, absent }: MappingCheck): string {
  return JSON.stringify({ fields, absent } as unknown as Json);
}

function summary({ fields }: MappingCheck): string {
  const properties = fields.flatMap(({ writes }) => writes).length;
  const problems = fields.filter(({ problem }) => problem !== undefined).length;
  const left = problems === 0 ? 'none is left alone' : `${problems} cannot be converted and would be left alone`;
  return `${properties} properties would be written; of the mapped fields ${left}`;
}
