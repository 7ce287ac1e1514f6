import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type QueueHandler, startPoller } from '../../lib/local/poller.ts';
import { createQueues } from '../../lib/local/resources.ts';

const client = new SQSClient({ useQueueUrlAsEndpoint: false });
afterAll(() => client.destroy());

type Urls = Awaited<ReturnType<typeof createQueues>>;
const PATIENCE_MS = 100_000;
const LONG = 120; // So that nothing comes back before a busy machine has come to delete it.

/** A queue with messages in it and a poller in front of a function that is told what to do with each. */
async function deliver(
  bodies: string[],
  handler: QueueHandler,
  { visibilitySeconds, until }: { visibilitySeconds: number; until(urls: Urls): boolean | Promise<boolean> },
) {
  const urls = await createQueues(client, { name: `poller-${randomUUID()}`, visibilitySeconds });
  const { queueUrl: QueueUrl } = urls;
  for (const MessageBody of bodies) await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const pace = { concurrency: 2, batchSize: 5, functionMs: 600_000, ownQueue: false, now: Date.now };
  const poller = startPoller({ client, queueUrl: QueueUrl, handler, ...pace });
  for (const end = Date.now() + PATIENCE_MS; !(await until(urls)) && Date.now() < end; ) await pause(20);
  await poller.stop();
  return urls;
}

async function depth(QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
}

describe('the poller, as SQS and Lambda play together', () => {
  it('hands over batches of five at most, with the time that is left', async () => {
    const seen: string[] = [];
    const sizes: number[] = [];
    const handler: QueueHandler = async ({ Records }, context) => {
      sizes.push(Records.length);
      seen.push(...Records.map(({ body }) => body));
      expect(context.getRemainingTimeInMillis()).toBeGreaterThan(400_000);
      return { batchItemFailures: [] };
    };
    const bodies = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const { queueUrl } = await deliver(bodies, handler, {
      visibilitySeconds: LONG,
      until: async ({ queueUrl: url }) => seen.length >= 12 && (await depth(url)) === 0,
    });
    expect(seen.sort()).toEqual(bodies.sort());
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
    expect(await depth(queueUrl)).toBe(0);
  });

  it('only what was reported as failed comes back, after the visibility time-out, and in the end goes to the DLQ', async () => {
    const seen = new Map<string, number>();
    const handler: QueueHandler = async ({ Records }) => {
      for (const { body } of Records) seen.set(body, (seen.get(body) ?? 0) + 1);
      const failed = Records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
    const urls = await deliver(['good', 'bad', 'fine'], handler, {
      visibilitySeconds: 2,
      until: async ({ deadLetterQueueUrl }) => (await depth(deadLetterQueueUrl)) === 1,
    });
    expect(Object.fromEntries(seen)).toEqual({ good: 1, fine: 1, bad: 5 });
    expect([await depth(urls.queueUrl), await depth(urls.deadLetterQueueUrl)]).toEqual([0, 1]);
  });

  it('a function that throws has failed with the whole batch', async () => {
    let calls = 0;
    const handler: QueueHandler = async () => {
      calls += 1;
      if (calls === 1) throw new Error('crashed');
      return { batchItemFailures: [] };
    };
    const { queueUrl } = await deliver(['only'], handler, {
      visibilitySeconds: 1,
      until: async ({ queueUrl: url }) => calls >= 2 && (await depth(url)) === 0,
    });
    expect(calls).toBeGreaterThanOrEqual(2);
    expect(await depth(queueUrl)).toBe(0);
  });
});
