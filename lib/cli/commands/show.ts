import { Command } from 'commander';
import { inParallel } from '../../in-parallel.ts';
import type { EventRecord } from '../../ledger/event-record.ts';
import type { Plan } from '../../ledger/plans.ts';
import { loadEvent } from '../../merge/load-event.ts';
import { describeEvent, type NamedContacts, type ShownEvent } from '../describe-event.ts';
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
  const numbers = Array.from({ length: record.plan }, (_, index) => index + 1);
  const plans = await inParallel(numbers, (number) => ledger.plans.read(record.eventId, number));
  return {
    record,
    contacts: await contactsOf(ledger, record),
    plans: plans.filter((plan) => plan !== undefined),
    journal: await ledger.journal.read(record),
  };
}

/** As 尘锋 named them; nothing of an event that is no merge, cannot be read or whose payload has expired. */
async function contactsOf(ledger: Service['ledger'], record: EventRecord): Promise<NamedContacts | undefined> {
  if (record.kind !== 'merge') return undefined;
  const loaded = await loadEvent(ledger, record);
  if (!('event' in loaded)) return undefined;
  const { survivorId, loserIds } = loaded.event;
  return { survivorId, loserIds };
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
