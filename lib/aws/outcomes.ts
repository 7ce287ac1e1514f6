import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { StoreError } from '../errors.ts';
import type { Outcome, Outcomes } from '../ports.ts';
import { sqsText } from './sqs-text.ts';

/** Two types, so that a reader of merges never takes an undo for one. */
const typeOf = ({ state }: Outcome) => (state === 'undone' ? 'contact.merge.undone' : 'contact.merge.concluded');

/** Of the body: docs/outcome.v1.schema.json. Keys may be added to it; none changes its meaning or goes. */
const OUTCOME_VERSION = 1;
const MAX_LOSER_IDS = 2_000;
const MAX_LOSER_BYTES = 200_000; // A message may hold 256 KB, and the other fields are at most 2 KB.

export interface OutcomesOptions {
  client: SQSClient;
  queueUrl: string;
  /** Of the EventBridge bus that gets the same, where the deployment has one. */
  busName?: string | undefined;
}

/**
 * Outcomes on an SQS queue, then on the bus. Reading them is optional: what is not taken in 14 days is gone.
 * Body: `{"type":"contact.merge.concluded" or "contact.merge.undone","version":1,"tenant","eventId","state","reason","survivorId","loserIds","loserCount","at"}`.
 * @throws StoreError where one of the two failed: the next try may send it to the other once more.
 */
export function createOutcomes({ client, queueUrl, busName }: OutcomesOptions): Outcomes {
  return {
    async publish(outcome) {
      const text = sqsText(bodyOf(outcome));
      await sendToQueue(client, new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: text }));
      if (!busName) return;
      const { putOnBus } = await import('./outcome-bus.ts'); // Not loaded by a deployment without a bus.
      await putOnBus(busName, { type: typeOf(outcome), detail: text, at: outcome.at });
    },
  };
}

async function sendToQueue(client: SQSClient, command: SendMessageCommand): Promise<void> {
  try {
    await client.send(command);
  } catch (cause) {
    throw new StoreError(`SQS: outcome not sent (${cause instanceof Error ? cause.name : 'unknown'})`, { cause });
  }
}

function bodyOf(outcome: Outcome) {
  const { loserIds, at, ...ids } = outcome;
  const losers = { loserIds: thatFit(loserIds), loserCount: loserIds.length };
  return {
    type: typeOf(outcome),
    version: OUTCOME_VERSION,
    ...ids,
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
