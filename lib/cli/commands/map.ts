import { Command } from 'commander';
import { DEFAULT_POLICY, readJson } from '../../config.ts';
import { createTenantCrm } from '../../crm/registry.ts';
import { namedKind } from '../../dustess/event-kind.ts';
import { readMergeEvent } from '../../dustess/merge-event.ts';
import type { MergeEvent } from '../../event.ts';
import { isJsonObject } from '../../json.ts';
import { checkMapping, type MappingCheck } from '../../mapping/check.ts';
import { describeCheck, summaryOf } from '../../mapping/describe-check.ts';
import { type Entry, readEntries } from '../../mapping/entries.ts';
import { fieldMappingOf } from '../../mapping/field-mapping.ts';
import { NOTHING_KNOWN, type PlanningTenant } from '../../mapping/plan-alone.ts';
import { sampleFields } from '../../mapping/sample-fields.ts';
import { readCallbackInput } from '../callback-input.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { partsOf } from '../link/tenant-settings.ts';
import { readInput } from '../read-input.ts';

interface MapOptions {
  check: string;
  event?: string;
  json?: true;
}

export function mapCommand(io: Io): Command {
  return new Command('map')
    .summary('show what an event would write')
    .description(
      'Checks a field mapping and shows what the service would write for an event: an invented one that changes every ' +
        'field, or one of yours. With whole CRM settings their policy counts too, and an http CRM’s command is shown. ' +
        'Nothing is sent. With --event it prints personal data.',
    )
    .requiredOption('--check <file>', 'JSON of a mapping, or of CRM settings that hold one; - for stdin')
    .option('--event <file>', 'an event in plain text, as decrypt --json prints it')
    .option(
      '--json',
      'print {"fields":[{"key","value","decision","writes","problem"}],"absent","write","onlyWhereEmpty","command"}',
    )
    .addHelpText('after', EXAMPLES)
    .action((options: MapOptions) => map(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync map --check mapping.json
  npx merge-sync map --check crm-settings.json --event captured.json`;

async function map(options: MapOptions, io: Io): Promise<void> {
  const settings = readJson(options.check, await readInput(options.check, io));
  const { tenant, entries } = await readTenant(options.check, settings, io);
  const event = options.event === undefined ? sampleEvent(entries, io) : readEvent(await readInput(options.event, io));
  const keys = entries.map(({ key }) => key);
  const check = await checkMapping(tenant, event, keys);
  if (options.json) return io.out(forScripts(check));
  io.say(describeCheck(check, keys).join('\n'));
  io.err(summaryOf(check));
}

interface ReadTenant {
  tenant: PlanningTenant;
  entries: Entry[];
}

const NO_VENDOR = { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: false };

/** CRM settings have the mapping beside the CRM's own; a mapping has nothing but fields, and the default policy. */
async function readTenant(file: string, settings: unknown, io: Io): Promise<ReadTenant> {
  if (!isJsonObject(settings) || !isJsonObject(settings.crm)) {
    const entries = readEntries(file, settings);
    return { tenant: { policy: DEFAULT_POLICY, mapping: fieldMappingOf(entries), rules: NO_VENDOR }, entries };
  }
  const parts = { ...partsOf(io), ledger: NOTHING_KNOWN };
  const { crm, policy, mapping } = await createTenantCrm('main', settings, parts);
  const rules = crm.style === 'command' ? crm.style : crm.rules;
  return { tenant: { policy, mapping, rules }, entries: readEntries(file, settings.mapping) };
}

/** An invented merge that changes every field. */
const sampleEvent = (entries: Entry[], { now }: Io): MergeEvent => ({
  eventId: 'SAMPLE',
  survivorId: 'SURVIVOR',
  loserIds: ['LOSER'],
  changed: sampleFields(entries),
  old: [],
  mergedContacts: [],
  triggeredAt: now(),
  account: '',
  operatorId: '',
  origin: '',
});

function readEvent(text: string): MergeEvent {
  const input = readCallbackInput(text);
  if ('captured' in input) throw new UsageError('the event is sealed: open it with merge-sync decrypt --json first');
  if (namedKind(input) === 'other')
    throw new UsageError('the event is not CRM_MERGE/CRM_CONTACT_MERGED: only merges are mapped');
  return readMergeEvent(input.id ?? 'event', input.body);
}

const forScripts = ({ command, conflict, ...check }: MappingCheck) =>
  JSON.stringify({ ...check, command: command ?? null, conflict: conflict ?? null });
