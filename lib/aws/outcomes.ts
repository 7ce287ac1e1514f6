import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { StoreError } from '../errors.ts';
import type { Outcome, Outcomes } from '../ports.ts';
import { sqsText } from './sqs-text.ts';

/** Of the body: docs/outcome.v1.schema.json. Keys may be added to it; none changes its meaning or goes. */
const OUTCOME_VERSION = 1;
const MAX_LOSER_IDS = 2_000;
const MAX_LOSER_BYTES = 200_000; // A message may hold 256 KB, and the other fields are at most 2 KB.

/**
 * Outcomes on an SQS queue. Reading it is optional: what is not taken in 14 days is gone.
 * Body: `{"type":"contact.merge.concluded","version":1,"tenant","eventId","state","reason","survivorId","loserIds","loserCount","at"}`.
 * @throws StoreError
 */
export function createOutcomes({ client, queueUrl }: { client: SQSClient; queueUrl: string }): Outcomes {
  return {
    async publish(outcome) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: sqsText(bodyOf(outcome)) });
      try {
        await client.send(command);
      } catch (cause) {
        throw new StoreError(`SQS: outcome not sent (${cause instanceof Error ? cause.name : 'unknown'})`, { cause });
      }
    },
  };
}

function bodyOf({ loserIds, at, ...outcome }: Outcome) {
  const losers = { loserIds: thatFit(loserIds), loserCount: loserIds.length };
  return {
    type: 'contact.merge.concluded',
    version: OUTCOME_VERSION,
    ...outcome,
    ...losers,
    at: new Date(at).toISOString(),
  };
}

/** The first ids, as many as a message holds; `loserCount` is always the whole number. */
function thatFit(ids: string[]): string[] {
  let bytes = 0;
  const last = ids.findIndex((id) => {
    bytes += Buffer.byteLength(sqsText(id)) + 1;
    return bytes > MAX_LOSER_BYTES;
  });
  return ids.slice(0, Math.min(last < 0 ? ids.length : last, MAX_LOSER_IDS));
}
