import { createHash, randomUUID } from 'node:crypto';
import { CreateQueueCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createQueue } from '../../lib/aws/queue.ts';
import { StoreError } from '../../lib/errors.ts';
import { startRecordingServer } from '../contracts/recording-server.ts';

const client = new SQSClient({ useQueueUrlAsEndpoint: false }); // The emulator's queue URLs name a host of its own.
afterAll(() => client.destroy());

async function openQueue(fair = true) {
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: `queue-${randomUUID()}` }));
  const receive = async (WaitTimeSeconds: number): Promise<Message[]> => {
    const wanted = { MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const] };
    return (await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds, ...wanted }))).Messages ?? [];
  };
  return { queue: createQueue({ client, queueUrl: QueueUrl, fair }), receive };
}

describe('the queue', () => {
  it('promise 11: carries a pointer and nothing else, whatever it is handed', async () => {
    const { queue, receive } = await openQueue();
    const work = { tenant: 'acme', eventId: '张#1', record: { name: 'Zhang' }, mobile: '13800138000' };
    await queue.send(work);
    const [message] = await receive(2);
    expect(JSON.parse(message?.Body ?? '')).toEqual({ tenant: 'acme', eventId: '张#1' });
    expect(message?.MessageAttributes).toBeUndefined();
  });

  it('hands a message out no sooner than it should', async () => {
    const { queue, receive } = await openQueue();
    const sentAt = Date.now();
    await queue.send({ tenant: 'acme', eventId: 'e1' }, 1.2);
    expect(await receive(0)).toEqual([]);
    expect(await receive(5)).toHaveLength(1);
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(1_900);
  });

  it('promise 10: is fair between tenants, by a message group of each, where that is switched on', async () => {
    expect(await requestFor({ fair: true })).toMatchObject({ MessageGroupId: 'acme' });
    expect(await requestFor({ fair: false })).not.toHaveProperty('MessageGroupId');
  });

  it.each([
    [undefined, 0],
    [-3, 0],
    [0.1, 1],
    [900, 900],
    [86_400, 900],
  ])('asks for a delay of %s seconds as %i: whole, and no longer than SQS takes', async (asked, sent) => {
    expect(await requestFor({ fair: true }, asked)).toMatchObject({ DelaySeconds: sent });
  });

  it('promise 11: says why a message was not sent, without saying which', async () => {
    const queue = createQueue({ client, queueUrl: 'http://127.0.0.1:1/0/no-such-queue', fair: true });
    const error = await queue.send({ tenant: 'acme', eventId: 'Zhang' }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toMatch(/^SQS: send failed \(\w+\)$/);
  });
});

/** What goes over the wire: the emulator does not show all of it again. */
async function requestFor({ fair }: { fair: boolean }, delaySeconds?: number): Promise<unknown> {
  const MD5OfMessageBody = createHash('md5').update('{"tenant":"acme","eventId":"e1"}').digest('hex');
  const server = await startRecordingServer(() => ({ status: 200, body: JSON.stringify({ MD5OfMessageBody }) }));
  const over = new SQSClient({ endpoint: server.url, useQueueUrlAsEndpoint: false });
  await createQueue({ client: over, queueUrl: `${server.url}/1/q`, fair }).send(
    { tenant: 'acme', eventId: 'e1' },
    delaySeconds,
  );
  over.destroy();
  await server.close();
  return JSON.parse(server.requests[0]?.body ?? '{}');
}

describe('an event id with characters that SQS refuses', () => {
  it('promise 2: is queued all the same, for a worker to read as it was', async () => {
    const eventId = 'odd \uFFFE and \uFFFF';
    const { queue, receive } = await openQueue();
    await queue.send({ tenant: 'acme', eventId });
    const [message] = await receive(2);
    expect(message?.Body).not.toMatch(/[\uFFFE\uFFFF]/);
    expect(JSON.parse(message?.Body ?? '')).toEqual({ tenant: 'acme', eventId });
  });
});
