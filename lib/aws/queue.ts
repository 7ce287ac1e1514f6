import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { StoreError } from '../errors.ts';
import type { Queue } from '../ports.ts';

export interface QueueOptions {
  client: SQSClient;
  queueUrl: string;
  /** Send the tenant as message group: SQS fair queues then keep one tenant's backlog from delaying the others. */
  fair: boolean;
}

const LONGEST_DELAY_SECONDS = 900; // SQS takes no more.

/** Pointers on an SQS standard queue. @throws StoreError */
export function createQueue({ client, queueUrl, fair }: QueueOptions): Queue {
  return {
    async send(pointer, delaySeconds = 0) {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ tenant: pointer.tenant, eventId: pointer.eventId }),
        DelaySeconds: Math.min(Math.max(0, Math.ceil(delaySeconds)), LONGEST_DELAY_SECONDS),
        ...(fair && { MessageGroupId: pointer.tenant }),
      });
      try {
        await client.send(command);
      } catch (cause) {
        throw new StoreError(`SQS: send failed (${cause instanceof Error ? cause.name : 'unknown'})`, { cause });
      }
    },
  };
}
