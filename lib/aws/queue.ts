import { SendMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { StoreError } from '../errors.ts';
import { MAX_DELAY_SECONDS, type Queue } from '../ports.ts';
import { sqsText } from './sqs-text.ts';

export interface QueueOptions {
  client: SQSClient;
  queueUrl: string;
  /** Send the tenant as message group: SQS fair queues then keep one tenant's backlog from delaying the others. */
  fair: boolean;
}

/** Pointers on an SQS standard queue. @throws StoreError */
export function createQueue({ client, queueUrl, fair }: QueueOptions): Queue {
  return {
    async send(pointer, delaySeconds = 0) {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: sqsText({ tenant: pointer.tenant, eventId: pointer.eventId }),
        DelaySeconds: Math.min(Math.max(0, Math.ceil(delaySeconds)), MAX_DELAY_SECONDS),
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

/**
 * For a function that sends to the queue it is fed from. An event that waits is sent there again, with a delay, as often
 * as it takes; after sixteen rounds Lambda would take that for an endless loop and drop it into the dead-letter queue.
 * Where the template cannot switch that off (China), leaving the trace header out does.
 */
export function createUntracedClient(config: SQSClientConfig = {}): SQSClient {
  const client = new SQSClient(config);
  client.middlewareStack.remove('recursionDetectionMiddleware');
  return client;
}
