import { Command } from 'commander';
import type { EventRecord } from '../../ledger/event-record.ts';
import type { JournalEntry } from '../../ledger/journal.ts';
import type { Plan } from '../../ledger/plans.ts';
import { Refused } from '../exit.ts';
import type { Io } from '../io.ts';
import { addServiceOptions, openService, type ServiceOptions } from '../service-options.ts';

interface ShowOptions extends ServiceOptions {
  values?: true;
}

export function showCommand(io: Io): Command {
  const command = new Command('show')
    .summary('show what was done about an event')
    .description('Shows an event: its state and why, its plan, each CRM call with its outcome, who replayed what.')
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
  const { ledger } = await openService(options, io);
  const record = (await ledger.events.read(eventId))?.value;
  if (!record) throw new Refused(`tenant ${ledger.tenant} has no event ${eventId}`);
  const plan = await ledger.plans.read(eventId, record.plan);
  const journal = await ledger.journal.read(eventId);
  const payload = options.values ? await ledger.payloads.read(record.digest) : undefined;
  const shown = options.values ? plan : plan && withoutValues(plan);
  if (options.json) return io.out(JSON.stringify({ record, plan: shown ?? null, journal, payload: payload ?? null }));
  for (const line of [...recordLines(record), ...planLines(plan), ...journal.map(journalLine)]) io.out(line);
}

/** A plan as it may be shown in passing: who, which fields and why; not what they say. */
function withoutValues({ steps, before, ...plan }: Plan) {
  return { ...plan, steps: steps.map(({ kind }) => ({ kind })), before: before.map(({ recordId }) => ({ recordId })) };
}

const time = (at: number) => new Date(at).toISOString();

function recordLines(record: EventRecord): string[] {
  const { eventId, state, reason, name, receivedAt, updatedAt, operatorActions = [] } = record;
  const { behind, resumeAt } = record.state === 'waiting' ? record : {};
  return [
    `${eventId}  ${name}`,
    `  ${state}${reason ? `: ${reason}` : ''}${behind ? ` (behind ${behind})` : ''}`,
    `  received ${time(receivedAt)}, last change ${time(updatedAt)}`,
    ...(resumeAt === undefined ? [] : [`  not before ${time(resumeAt)}`]),
    ...operatorActions.map(({ at, by, action }) => `  ${time(at)} ${action} by ${by}`),
  ];
}

function planLines(plan: Plan | undefined): string[] {
  if (!plan) return ['  no plan'];
  const { survivor, absorbed } = plan.identities;
  return [
    `  plan ${plan.number} of ${time(plan.madeAt)}: ${absorbed.join(', ') || 'nobody'} into ${survivor}`,
    ...plan.decisions.map(({ key, decision }) => `    ${key}: ${decision}`),
    ...plan.problems.map(({ key, problem }) => `    ${key}: not converted, ${problem}`),
  ];
}

const journalLine = ({ at, call, attempt, outcome, code }: JournalEntry) =>
  `  ${time(at)} ${call} (attempt ${attempt}): ${outcome}${code ? ` ${code}` : ''}`;
