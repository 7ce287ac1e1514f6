import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { CONTEXT, PATIENCE_MS } from '../crash/service.ts';
import { KEYS } from '../local/sender.ts';
import { DAY, type FaultWorld, HOUR, MINUTE, openFaultWorld } from './fault-world.ts';
import { readTables, writeTables } from './restore-tables.ts';

jest.setTimeout(PATIENCE_MS);

let world: FaultWorld;
beforeEach(async () => {
  world = await openFaultWorld();
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) world.demo.contacts.put(id, { remark: `of ${id}` });
});
afterEach(() => world.close());

/** What took effect at the CRM, in order. */
const merges = () =>
  world.demo.contacts.merges().map(({ eventId, survivorId, loserIds }) => `${eventId}: ${loserIds} into ${survivorId}`);

const states = (...ids: string[]) => Promise.all(ids.map(async (id) => (await world.record(id))?.state));

const deliveryOf = (eventId: string): SQSEvent => ({
  Records: [{ messageId: '1', body: JSON.stringify({ tenant: 'main', eventId }) } as SQSRecord],
});

describe('DynamoDB throttles for ten minutes', () => {
  it('promise 2: at the door there is no code 1, and the event is applied once the sender tries again', async () => {
    world.break('dynamodb', 10 * MINUTE);
    expect(await world.callback('e1', 'a', 'b')).toBe(3);
    await world.pass(MINUTE);
    expect(merges()).toEqual(['e1: b into a']);
  });

  it('promise 7: what was accepted before is applied after it, whatever went to the dead-letter queue', async () => {
    await world.callback('e1', 'a', 'b');
    await world.callback('e2', 'c', 'd');
    world.break('dynamodb', 40 * MINUTE);
    await world.pass(40 * MINUTE);
    expect(merges()).toEqual([]);
    expect(world.deadLetters).toHaveLength(2);
    await world.pass(2 * HOUR);
    expect(merges().sort()).toEqual(['e1: b into a', 'e2: d into c']);
  });
});

describe('the KMS key of the tables is disabled for fifty minutes', () => {
  it('promise 2: at the door there is no code 1, and the event is applied once the sender tries again', async () => {
    world.break('kms', 50 * MINUTE);
    expect(await world.callback('e1', 'a', 'b')).toBe(11);
    await world.pass(MINUTE);
    expect(merges()).toEqual(['e1: b into a']);
  });

  it('promises 5 and 7: what was accepted, and what was half done, is applied once after it', async () => {
    world.break('crm-busy', MINUTE);
    await world.callback('e1', 'a', 'b');
    await world.pass(0);
    await world.callback('e2', 'c', 'd');
    world.break('kms', 50 * MINUTE);
    await world.pass(50 * MINUTE);
    expect(world.deadLetters).not.toEqual([]);
    expect(merges()).toEqual([]);
    await world.pass(2 * HOUR);
    expect(merges().sort()).toEqual(['e1: b into a', 'e2: d into c']);
  });
});

describe('SQS delivers a message more than once', () => {
  it('promise 5: five times at once, and again when it is over: applied once', async () => {
    await world.callback('e1', 'a', 'b');
    await Promise.all(Array.from({ length: 5 }, () => world.service.apply(deliveryOf('e1'), CONTEXT)));
    await world.pass(HOUR);
    await world.service.apply(deliveryOf('e1'), CONTEXT);
    expect(merges()).toEqual(['e1: b into a']);
    expect(world.demo.contacts.merges().map(({ deliveries }) => deliveries)).toEqual([1]);
    expect(await states('e1')).toEqual(['applied']);
  });
});

describe('SQS does not answer', () => {
  it('promise 2: at the door: code 1 at once, and reconcile queues the event once SQS is back', async () => {
    world.break('sqs', 30 * MINUTE);
    expect(await world.callback('e1', 'a', 'b')).toBe(1);
    await world.pass(29 * MINUTE);
    expect(merges()).toEqual([]);
    await world.pass(5 * MINUTE);
    expect(merges()).toEqual(['e1: b into a']);
  });

  it('promise 7: for apply, whose event has to wait for the CRM: applied once, within an hour and a half', async () => {
    await world.callback('e1', 'a', 'b');
    world.break('crm', 10 * MINUTE);
    world.break('sqs', 10 * MINUTE);
    await world.pass(9 * MINUTE);
    expect(merges()).toEqual([]);
    await world.pass(1.5 * HOUR);
    expect(merges()).toEqual(['e1: b into a']);
  });
});

describe('the CRM is down for three days', () => {
  it('promise 7: and takes no connection: parked after a day with an alarm, applied once by a replay', async () => {
    world.break('crm', 3 * DAY);
    await world.callback('e1', 'a', 'b');
    await world.pass(3 * DAY);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'gave-up:crm-retry-soon:ECONNREFUSED' });
    expect(world.metrics()).toEqual(expect.arrayContaining(['waiting', 'parked']));
    await world.operate('e1', 'replay');
    await world.pass(MINUTE);
    expect(merges()).toEqual(['e1: b into a']);
  });

  it('promise 7: an event of its last day is applied by itself', async () => {
    world.break('crm', 3 * DAY);
    await world.pass(2 * DAY + 2 * HOUR);
    await world.callback('e1', 'a', 'b');
    await world.pass(DAY);
    expect(merges()).toEqual(['e1: b into a']);
  });

  it('promise 5: and answers 503 to commands that may have taken effect: parked with its contacts, applied once', async () => {
    world.break('crm-busy', 3 * DAY);
    await world.callback('e1', 'a', 'b');
    await world.callback('e2', 'a', 'c');
    await world.pass(3 * DAY);
    expect(await states('e1', 'e2')).toEqual(['parked', 'waiting']);
    await world.operate('e1', 'replay');
    await world.pass(HOUR);
    expect(merges()).toEqual(['e1: b into a', 'e2: c into a']);
  });
});

describe('the queue is lost', () => {
  it('promise 7: what waited in it is queued again within the hour, and applied once', async () => {
    world.break('crm', MINUTE);
    for (const [id, survivor, loser] of [
      ['e1', 'a', 'b'],
      ['e2', 'c', 'd'],
    ] as const)
      await world.callback(id, survivor, loser);
    await world.pass(MINUTE / 2);
    world.messages.clear();
    await world.pass(HOUR + 10 * MINUTE);
    expect(merges().sort()).toEqual(['e1: b into a', 'e2: d into c']);
  });
});

describe('the keys in the parameter are wrong', () => {
  it('promises 1 and 7: nothing is stored, an alarm says why, and once they are right the next try is applied', async () => {
    world.setKeys({ ...KEYS, token: 'another-token' });
    expect(await world.tryOnce('e1', 'a', 'b')).toBe(false);
    expect(world.metrics()).toEqual(['refused']);
    expect(await world.record('e1')).toBeUndefined();
    world.setKeys(KEYS);
    expect(await world.callback('e1', 'a', 'b')).toBe(1);
    await world.pass(MINUTE);
    expect(merges()).toEqual(['e1: b into a']);
  });
});

describe('a clock is off by an hour', () => {
  it.each([-HOUR, HOUR])('promise 2: at the door, by %i ms: callbacks are accepted', async (offset) => {
    expect(await world.tryOnce('e1', 'a', 'b', world.clock.now + offset)).toBe(true);
    await world.pass(MINUTE);
    expect(merges()).toEqual(['e1: b into a']);
  });

  it.each([
    ['takes the other’s lease for long over', HOUR],
    ['is an hour behind', -HOUR],
  ])('promise 5: a worker that %s: each merge is in effect once', async (_how, offset) => {
    await world.callback('e1', 'a', 'b');
    const early = world.serviceAt(offset);
    await Promise.all([world.service, early].map(({ apply }) => apply(deliveryOf('e1'), CONTEXT)));
    await world.pass(2 * HOUR);
    expect(merges()).toEqual(['e1: b into a']);
    expect(await states('e1')).toEqual(['applied']);
  });

  it.each([-HOUR, HOUR])(
    'promise 7: in the time stamps of commands, by %i ms: parked with an alarm, applied once by a replay when it is right',
    async (offset) => {
      await world.callback('e1', 'a', 'b');
      await world.serviceAt(0, () => world.clock.now + offset).apply(deliveryOf('e1'), CONTEXT);
      expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-auth:bad-signature' });
      expect(world.metrics()).toContain('crm-auth');
      await world.operate('e1', 'replay');
      await world.pass(MINUTE);
      expect(merges()).toEqual(['e1: b into a']);
    },
  );
});

describe('new code beside the old, in the middle of a plan', () => {
  it('promise 5: the one goes on where the other was stopped, with the same command', async () => {
    world.break('crm-busy', MINUTE);
    await world.callback('e1', 'a', 'b');
    await world.pass(0);
    world.restart();
    await world.pass(HOUR);
    expect(merges()).toEqual(['e1: b into a']);
  });
});

describe('the tables are restored to a point an hour ago', () => {
  it('promise 5: what was applied since and is sent again takes effect once; what was accepted before goes on', async () => {
    world.break('crm', 10 * MINUTE);
    await world.callback('e1', 'a', 'b');
    await world.pass(MINUTE);
    const hourAgo = await readTables(world);
    await world.pass(HOUR);
    await world.callback('e2', 'c', 'd');
    await world.pass(MINUTE);
    expect(merges()).toEqual(['e1: b into a', 'e2: d into c']);
    await writeTables(world, hourAgo);
    world.messages.clear();
    expect(await states('e1', 'e2')).toEqual(['waiting', undefined]);
    await world.callback('e2', 'c', 'd');
    await world.pass(2 * HOUR);
    expect(await states('e1', 'e2')).toEqual(['applied', 'applied']);
    expect(merges()).toEqual(['e1: b into a', 'e2: d into c']);
    expect(world.demo.contacts.merges().map(({ deliveries }) => deliveries)).toEqual([2, 2]);
  });
});

describe('one table alone is restored to a point an hour ago', () => {
  /** e1 is half done an hour ago and over now; e2 is of this hour. */
  async function anHourLater() {
    world.break('crm-busy', MINUTE);
    await world.callback('e1', 'a', 'b');
    await world.pass(0);
    const hourAgo = await readTables(world);
    await world.pass(HOUR);
    const sealedAt = world.clock.now;
    await world.callback('e2', 'c', 'd');
    await world.pass(MINUTE);
    expect(merges()).toEqual(['e1: b into a', 'e2: d into c']);
    return { hourAgo, sendAgain: () => world.tryOnce('e2', 'c', 'd', sealedAt) };
  }

  it('promise 5: that of the events: what is sent again, or goes on, takes effect once', async () => {
    const { hourAgo, sendAgain } = await anHourLater();
    await writeTables(world, hourAgo, world.resources.eventsTable);
    world.messages.clear();
    expect(await sendAgain()).toBe(true);
    await world.pass(3 * HOUR);
    expect(merges()).toEqual(['e1: b into a', 'e2: d into c']);
    expect(await states('e1', 'e2')).toEqual(['applied', 'applied']);
  });

  it('promise 5: the ledger: what is over stays over, and is not applied again; a merge against it is parked', async () => {
    const { hourAgo, sendAgain } = await anHourLater();
    await writeTables(world, hourAgo, world.resources.ledgerTable);
    world.messages.clear();
    expect(await sendAgain()).toBe(true);
    await world.pass(3 * HOUR);
    expect(merges()).toEqual(['e1: b into a', 'e2: d into c']);
    expect(await states('e1', 'e2')).toEqual(['applied', 'applied']);
    await world.callback('e3', 'e', 'd');
    await world.pass(3 * HOUR);
    expect(await world.record('e3')).toMatchObject({ reason: 'crm-contradiction:loser-merged-elsewhere' });
    expect(merges()).toHaveLength(2);
  });

  it('promise 6: the ledger, without the plan of an event whose call is unanswered: parked, an operator decides', async () => {
    const before = await readTables(world);
    world.break('crm-busy', 2 * HOUR);
    await world.callback('e1', 'a', 'b');
    await world.pass(10 * MINUTE);
    await writeTables(world, before, world.resources.ledgerTable);
    await world.pass(4 * HOUR);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'plan-expired' });
    expect(world.metrics()).toContain('parked');
    expect(merges()).toEqual([]);
  });
});
