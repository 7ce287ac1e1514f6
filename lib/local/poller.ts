import { setTimeout as pause } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

export type QueueHandler = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>;

export interface PollerOptions {
  client: SQSClient;
  queueUrl: string;
  handler: QueueHandler;
  /** How many invocations may run at once. */
  concurrency: number;
  batchSize: number;
  /** The function's time-out, milliseconds. */
  functionMs: number;
  /** Whether the queue ends with its pollers: then the long polls under way are not waited for. */
  ownQueue: boolean;
  now: () => number;
}

// Short enough to end by itself within a shutdown: a poll that is cut off takes the next message down with it.
const LONG_POLL_SECONDS = 1;
const AFTER_A_FAILURE_MS = 500;

/**
 * Plays the event source mapping between an SQS queue and a function that reports batch item failures: what succeeded
 * is deleted, what failed comes back after the queue's visibility time-out.
 */
export function startPoller(options: PollerOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const pollers = Array.from({ length: options.concurrency }, () => poll(options, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(pollers);
    },
  };
}

async function poll(options: PollerOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      const messages = await receive(options, options.ownQueue ? { abortSignal: stopping } : {});
      if (messages.length > 0) await remove(options, await succeeded(options, messages));
    } catch {
      // Nothing was deleted: everything comes again.
      if (!stopping.aborted) await pause(AFTER_A_FAILURE_MS);
    }
  }
}

type Aborting = { abortSignal?: AbortSignal };

async function receive({ client, queueUrl, batchSize }: PollerOptions, how: Aborting): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: batchSize,
    WaitTimeSeconds: LONG_POLL_SECONDS,
    MessageSystemAttributeNames: ['All'],
  });
  return (await client.send(command, how)).Messages ?? [];
}

async function succeeded({ handler, functionMs, now }: PollerOptions, messages: Message[]): Promise<Message[]> {
  const end = now() + functionMs;
  const context = { getRemainingTimeInMillis: () => Math.max(0, end - now()) };
  const { batchItemFailures } = await handler({ Records: messages.map(toRecord) }, context);
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''));
}

function toRecord(message: Message): SQSRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: { ...message.Attributes } as unknown as SQSRecord['attributes'],
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:local:000000000000:events',
    awsRegion: 'local',
  };
}

async function remove({ client, queueUrl }: PollerOptions, messages: Message[]): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}
