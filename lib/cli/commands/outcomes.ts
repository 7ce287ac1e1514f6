import type { Message } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import { parseJson } from '../../dustess/parse-json.ts';
import { isJsonObject, type JsonObject } from '../../json.ts';
import { localTime } from '../../local-time.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, type OutcomesQueue, openOutcomes, type ServiceOptions } from '../service-options.ts';
import { wholeNumber } from '../whole-number.ts';

interface OutcomesOptions extends ServiceOptions {
  limit: number;
  take?: true;
}

export function outcomesCommand(io: Io): Command {
  const command = new Command('outcomes')
    .summary('show what downstream systems are told')
    .description(
      'Shows what stands in the outcomes queue: what became of each merge, and which were taken back. Everything stays there.',
    );
  return addServiceOptions(command)
    .option('--limit <count>', 'at most so many', wholeNumber(1, 10_000), 100)
    .option('--take', 'remove from the queue what is shown: then no other reader gets it')
    .addHelpText('after', EXAMPLES)
    .action(async (options: OutcomesOptions) => showOutcomes(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync outcomes --local
  npx merge-sync outcomes --prefix merge-sync-prod --limit 10 --json`;

async function showOutcomes(options: OutcomesOptions, io: Io): Promise<void> {
  const queue = await openOutcomes(options, io);
  const messages = await receive(queue, options.limit);
  const outcomes = messages.map(({ Body }) => parseJson(Body ?? '')).filter(isJsonObject);
  if (options.json) io.out(JSON.stringify(outcomes));
  else for (const outcome of outcomes) io.say(line(outcome));
  for (const message of messages) await settle(queue, message, options);
  io.err(told(outcomes.length, options.take === true));
}

function told(count: number, isTaken: boolean): string {
  if (count === 1) return isTaken ? '1 outcome, removed from the queue' : '1 outcome';
  return isTaken ? `${count} outcomes, removed from the queue` : `${count} outcomes`;
}

const AT_ONCE = 10; // SQS gives no more.
const UNSEEN_SECONDS = 30; // Long enough to read the queue to its end; then they are given back.

async function receive({ client, queueUrl }: OutcomesQueue, limit: number): Promise<Message[]> {
  const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
  const messages: Message[] = [];
  while (messages.length < limit) {
    const MaxNumberOfMessages = Math.min(AT_ONCE, limit - messages.length);
    const how = { MaxNumberOfMessages, VisibilityTimeout: UNSEEN_SECONDS, WaitTimeSeconds: 1 };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, ...how }));
    if (Messages.length === 0) break;
    messages.push(...Messages);
  }
  return messages;
}

/** Removes a message, or gives it back to the queue's readers. */
async function settle({ client, queueUrl }: OutcomesQueue, { ReceiptHandle }: Message, { take }: OutcomesOptions) {
  const { ChangeMessageVisibilityCommand, DeleteMessageCommand } = await import('@aws-sdk/client-sqs');
  const message = { QueueUrl: queueUrl, ReceiptHandle };
  if (take) await client.send(new DeleteMessageCommand(message));
  else await client.send(new ChangeMessageVisibilityCommand({ ...message, VisibilityTimeout: 0 }));
}

function line({ at, eventId, state, reason, survivorId, loserIds, loserCount }: JsonObject): string {
  const losers = Array.isArray(loserIds) ? loserIds.map((id) => printableId(String(id))) : [];
  const more = Number(loserCount ?? 0) - losers.length;
  const joint = state === 'undone' ? 'apart from' : 'into';
  const who = `${losers.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${joint} ${printableId(String(survivorId))}`;
  const told = [localTime(Date.parse(String(at))), printableId(String(eventId)), String(state)];
  return [...told, ...(reason ? [printableId(String(reason))] : []), who].join('  ');
}
