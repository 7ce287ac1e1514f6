import { Command } from 'commander';
import type { EventRecord } from '../../ledger/event-record.ts';
import type { Plan } from '../../ledger/plans.ts';
import { readEventStory } from '../../merge/event-story.ts';
import { describeEvent, type ShownEvent } from '../describe-event.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';

interface ShowOptions extends ServiceOptions {
  values?: true;
}

export function showCommand(io: Io): Command {
  const command = new Command('show')
    .summary('show what was done about an event')
    .description(
      'Shows an event: whom it names, its state and what that asks of you, and in the order of time each plan, each CRM ' +
        'call with its outcome, and who replayed what.',
    )
    .argument('<event-id>', 'the event');
  return addServiceOptions(command)
    .option('--values', 'with --json: also the payload, the plan and both records before the merge (personal data)')
    .addHelpText('after', EXAMPLES)
    .action(async (eventId: string, options: ShowOptions) => show(eventId, options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync show --prefix merge-sync-prod d7ed8618-6180-4ded-a5a5-a315369e6b1e
  npx merge-sync show --local --json --values d7ed8618-6180-4ded-a5a5-a315369e6b1e`;

async function show(eventId: string, options: ShowOptions, io: Io): Promise<void> {
  if (options.values && !options.json)
    throw new UsageError(
      '--values goes with --json only: what it adds is whole records, for a file rather than a screen',
    );
  const service = await openService(options, io);
  const record = (await service.ledger.events.read(eventId))?.value;
  if (!record) return unknown(eventId, service);
  const shown = await readAll(service, record);
  if (options.json) return io.out(JSON.stringify(await forScripts(shown, service, options.values === true)));
  for (const line of describeEvent(shown, io.language)) io.say(line);
}

async function unknown(eventId: string, { ledger, checkTenant }: Service): Promise<never> {
  await checkTenant();
  throw new Refused(`tenant ${ledger.tenant} has no event ${printableId(eventId)}`);
}

async function readAll({ ledger }: Service, record: EventRecord): Promise<ShownEvent> {
  const { event, ...story } = await readEventStory(ledger, record);
  return { ...story, contacts: event && { survivorId: event.survivorId, loserIds: event.loserIds } };
}

/** `plan` is the one in force. */
async function forScripts({ record, contacts, plans, journal }: ShownEvent, { ledger }: Service, values: boolean) {
  const shown = values ? plans : plans.map(withoutValues);
  const plan = shown.find(({ number }) => number === record.plan) ?? null;
  const payload = values ? ((await ledger.contents.read(record.digest))?.payload ?? null) : null;
  return { record, contacts: contacts ?? null, plan, plans: shown, journal, payload };
}

/** A plan as it may be shown in passing: who, which fields and why; not what they say. */
function withoutValues({ steps, before, ...plan }: Plan) {
  return { ...plan, steps: steps.map(({ kind }) => ({ kind })), before: before.map(({ recordId }) => ({ recordId })) };
}
