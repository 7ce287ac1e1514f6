import { Command } from 'commander';
import type { Plan } from '../../ledger/plans.ts';
import { type EventStory, readEventStory } from '../../merge/event-story.ts';
import { describeDiff, diffForScripts } from '../describe-diff.ts';
import { describeEvent, type NamedContacts } from '../describe-event.ts';
import { UsageError } from '../exit.ts';
import { idArgument } from '../id-argument.ts';
import type { Io } from '../io.ts';
import { knownEvent } from '../known-event.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';

interface ShowOptions extends ServiceOptions {
  diff?: true;
  values?: true;
}

export function showCommand(io: Io): Command {
  const command = new Command('show')
    .summary('show what was done about an event')
    .description(
      'Shows an event: whom it names, its state and what that asks of you, and in the order of time each plan, each CRM ' +
        'call with its outcome, and who replayed what.',
    )
    .argument('<event-id>', 'the event', idArgument);
  return addServiceOptions(command)
    .option('--diff', 'also both records before and after, and why each field was or was not written; values hidden')
    .option('--values', 'with --diff: the values; with --json: also the payload and both records (personal data)')
    .addHelpText('after', EXAMPLES)
    .action(async (eventId: string, options: ShowOptions) => show(eventId, options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync show --prefix merge-sync-prod d7ed8618-6180-4ded-a5a5-a315369e6b1e
  npx merge-sync show --prefix merge-sync-prod --diff d7ed8618-6180-4ded-a5a5-a315369e6b1e
  npx merge-sync show --local --json --values d7ed8618-6180-4ded-a5a5-a315369e6b1e`;

async function show(eventId: string, options: ShowOptions, io: Io): Promise<void> {
  const { diff = false, values = false, json } = options;
  if (values && !json && !diff)
    throw new UsageError('--values goes with --diff, or with --json: then it adds whole records, for a file');
  const service = await openService(options, io);
  const story = await readEventStory(service.ledger, await knownEvent(eventId, service));
  if (json) return io.out(JSON.stringify(await forScripts(story, service, { diff, values })));
  for (const line of describeEvent({ ...story, contacts: contactsOf(story) }, io.language)) io.say(line);
  if (diff) for (const line of describeDiff(story, { language: io.language, showsValues: values })) io.show(line);
}

const contactsOf = ({ event }: EventStory): NamedContacts | undefined =>
  event && { survivorId: event.survivorId, loserIds: event.loserIds };

/** `plan` is the one in force. */
async function forScripts(
  story: EventStory,
  { ledger }: Service,
  { diff, values }: { diff: boolean; values: boolean },
) {
  const { record, journal, plans } = story;
  const shown = values ? plans : plans.map(withoutValues);
  const plan = shown.find(({ number }) => number === record.plan) ?? null;
  const payload = values ? ((await ledger.contents.read(record.digest))?.payload ?? null) : null;
  const contacts = contactsOf(story) ?? null;
  return {
    record,
    contacts,
    plan,
    plans: shown,
    journal,
    payload,
    ...(diff && { diff: diffForScripts(story, values) }),
  };
}

/** A plan as it may be shown in passing: who, which fields and why; not what they say. */
function withoutValues({ steps, before, ...plan }: Plan) {
  return { ...plan, steps: steps.map(({ kind }) => ({ kind })), before: before.map(({ recordId }) => ({ recordId })) };
}
