import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { StoreError } from '../errors.ts';
import type { Outcome, Outcomes } from '../ports.ts';

// A message may hold 256 KB; ids of 40 characters leave room to spare. `loserCount` is always the whole number.
const MOST_IDS = 2_000;

/**
 * Outcomes on an SQS queue that nobody has to read: what is not taken in 14 days is gone.
 * Body: `{"type":"contact.merge.concluded","tenant","eventId","state","reason","survivorId","loserIds","loserCount","at"}`.
 * @throws StoreError
 */
export function createOutcomes({ client, queueUrl }: { client: SQSClient; queueUrl: string }): Outcomes {
  return {
    async publish(outcome) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(bodyOf(outcome)) });
      try {
        await client.send(command);
      } catch (cause) {
        throw new StoreError(`SQS: outcome not sent (${cause instanceof Error ? cause.name : 'unknown'})`, { cause });
      }
    },
  };
}

function bodyOf({ loserIds, at, ...outcome }: Outcome) {
  const losers = { loserIds: loserIds.slice(0, MOST_IDS), loserCount: loserIds.length };
  return { type: 'contact.merge.concluded', ...outcome, ...losers, at: new Date(at).toISOString() };
}
