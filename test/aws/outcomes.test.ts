import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import Ajv from 'ajv/dist/2020';
import schema from '../../docs/outcome.v1.schema.json';
import { createHandler } from '../../functions/apply/handler.ts';
import { createOutcomes } from '../../lib/aws/outcomes.ts';
import { StoreError } from '../../lib/errors.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';
import type { CommandAnswer, Outcome } from '../../lib/ports.ts';
import { contentKey, eventKey } from '../ledger/raw-records.ts';
import { DEFAULT_POLICY } from '../merge/default-policy.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const client = new SQSClient({ useQueueUrlAsEndpoint: false }); // The emulator's queue URLs name a host of its own.
afterAll(() => client.destroy());

async function openQueue() {
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: `outcomes-${randomUUID()}` }));
  const receive = async () => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    return Messages.map(({ Body = '' }) => JSON.parse(Body));
  };
  return { outcomes: createOutcomes({ client, queueUrl: QueueUrl }), receive };
}

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  tenant: 'acme',
  eventId: 'e1',
  state: 'applied',
  survivorId: 'A',
  loserIds: ['B'],
  at: Date.UTC(2026, 0, 1),
  ...more,
});

/** What the schema of docs/ has against a message. */
const validate = new Ajv({ validateFormats: false }).compile(schema);
const validated = (message: object) => (validate(JSON.parse(JSON.stringify(message))) ? [] : validate.errors);

describe('the outcomes queue', () => {
  it('promise 11: carries ids, state and time', async () => {
    const { outcomes, receive } = await openQueue();
    await outcomes.publish(outcome({ reason: 'nothing-left-to-do' }));
    expect(await receive()).toEqual([
      {
        type: 'contact.merge.concluded',
        version: 1,
        tenant: 'acme',
        eventId: 'e1',
        state: 'applied',
        reason: 'nothing-left-to-do',
        survivorId: 'A',
        loserIds: ['B'],
        loserCount: 1,
        at: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  it.each([
    ['applied', {}],
    ['with nothing left to do', { reason: 'nothing-left-to-do' }],
    ['skipped', { state: 'skipped', reason: 'unknown-in-crm' }],
    ['undone', { state: 'undone' }],
    ['of many losers', { loserIds: Array.from({ length: 3_000 }, (_, index) => `loser-${index}`) }],
  ] as [string, Partial<Outcome>][])('an outcome %s is as the schema of its version says', async (_what, more) => {
    const { outcomes, receive } = await openQueue();
    await outcomes.publish(outcome(more));
    const [message] = await receive();
    expect(validated(message)).toEqual([]);
    expect(Object.keys(message).filter((key) => !(key in schema.properties))).toEqual([]);
    expect(validated({ ...message, version: 2 })).not.toEqual([]);
    expect(validated({ ...message, loserCount: undefined })).not.toEqual([]);
  });

  it('an undo is another type of message, so that a reader of merges never takes it for one', async () => {
    const { outcomes, receive } = await openQueue();
    await outcomes.publish(outcome({ state: 'undone' }));
    const [message] = await receive();
    expect(message).toMatchObject({ type: 'contact.merge.undone', state: 'undone', survivorId: 'A', loserIds: ['B'] });
    expect(validated({ ...message, type: 'contact.merge.concluded' })).not.toEqual([]);
    expect(validated({ ...message, state: 'applied' })).not.toEqual([]);
    expect(validated({ ...message, reason: 'nothing-left-to-do' })).not.toEqual([]);
  });

  it('takes an event of any size: the first ids, and how many there are', async () => {
    const { outcomes, receive } = await openQueue();
    const loserIds = Array.from({ length: 10_000 }, (_, index) => `${randomUUID()}-${index}`);
    await outcomes.publish(outcome({ loserIds }));
    const [message] = await receive();
    expect(message.loserIds).toEqual(loserIds.slice(0, 2_000));
    expect(message.loserCount).toBe(10_000);
  });

  it('takes ids of the greatest length, and characters that XML does not know', async () => {
    const { outcomes, receive } = await openQueue();
    const loserIds = Array.from({ length: 2_000 }, (_, index) => `${'\u0001'.repeat(500)}${index}`);
    await outcomes.publish(outcome({ eventId: 'e\uFFFE\uFFFF', survivorId: '\uFFFF', loserIds }));
    const [message] = await receive();
    expect(message).toMatchObject({ eventId: 'e\uFFFE\uFFFF', survivorId: '\uFFFF', loserCount: 2_000 });
    expect(message.loserIds.length).toBeGreaterThan(50);
    expect(loserIds.slice(0, message.loserIds.length)).toEqual(message.loserIds);
  });

  it('fails with a StoreError when the queue is not there', async () => {
    const outcomes = createOutcomes({ client, queueUrl: 'http://127.0.0.1/000000000000/nowhere' });
    await expect(outcomes.publish(outcome())).rejects.toThrow(StoreError);
  });
});

describe('apply', () => {
  /** One stored event, one command-style CRM with this answer, outcomes that fail so many times first. */
  async function applied(answer: CommandAnswer, failures = 0) {
    let now = Date.UTC(2026, 0, 1);
    const documents = asPort(createMemoryDocuments(() => now));
    const body = { mainID: 'A', mergedIDs: ['B'], triggerTs: 1_700_000_000, changed: { remark: 'private' }, old: {} };
    const payload = { event: 'CRM_MERGE', action: '', body };
    await documents.put(contentKey('acme', 'd'), { eventId: 'e1', payload }, { expected: 0 });
    const times = { receivedAt: now, updatedAt: now };
    const record = { eventId: 'e1', kind: 'merge', name: '', state: 'queued', digest: 'd', plan: 0, ...times };
    await documents.put(eventKey('acme', 'e1'), record, { expected: 0 });
    const told: Outcome[] = [];
    const publish = async (one: Outcome) => {
      if (failures-- > 0) throw new StoreError('injected');
      told.push(one);
    };
    let commands = 0;
    const send = async () => {
      commands += 1;
      return answer;
    };
    const handler = createHandler({
      ledger: (tenant) => createLedger({ events: documents, ledger: documents }, tenant),
      queue: { send: async () => undefined },
      outcomes: { publish },
      tenantCrm: async () => ({
        crm: { style: 'command', name: 'test', send },
        policy: DEFAULT_POLICY,
        mapping: createFieldMapping('acme', {}),
      }),
      now: () => now,
      newId: randomUUID,
      random: Math.random,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      timing: DEFAULT_TIMING,
    });
    const message = { messageId: 'm', body: '{"tenant":"acme","eventId":"e1"}' };
    for (let deliveries = 0; deliveries < 3; deliveries++) {
      await handler({ Records: [message] } as never, { getRemainingTimeInMillis: () => 60_000 });
      now += 600_000;
    }
    return { told, commands };
  }

  it('tells what became of an event, once when all is well', async () => {
    const { told } = await applied({ outcome: 'done' });
    expect(told).toMatchObject([{ state: 'applied', survivorId: 'A', loserIds: ['B'] }]);
    expect(JSON.stringify(told)).not.toContain('private');
  });

  it('tells that the CRM knows none of an event’s contacts', async () => {
    const { told } = await applied({ outcome: 'unknown-contacts' });
    expect(told).toMatchObject([{ state: 'skipped', reason: 'unknown-in-crm' }]);
  });

  it('tells it again after a failure, and merges nothing again for it', async () => {
    const { told, commands } = await applied({ outcome: 'done' }, 1);
    expect(told).toHaveLength(1);
    expect(commands).toBe(1);
  });

  it('tells nothing of what a human has to look at', async () => {
    expect((await applied({ outcome: 'contradiction', code: 'no' })).told).toEqual([]);
  });
});
