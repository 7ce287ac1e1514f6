import { StoreError } from '../../lib/errors.ts';
import type { Outcomes } from '../../lib/ports.ts';
import { createTransitionsWorld } from '../ledger/transitions-world.ts';
import { createScriptedCrm } from './crms.ts';
import { HOUR, MINUTE } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };
const DELIVERIES = 5; // As many as the queue's redrive policy allows.

function open(publish: Outcomes['publish']) {
  const { crm, sent } = createScriptedCrm();
  return { world: createTransitionsWorld(crm, { outcomes: { publish } }), sent };
}

type World = ReturnType<typeof open>['world'];

/** The queue delivers a failing message again until it goes to the dead-letter queue. */
async function deliverUntilDead(world: World): Promise<void> {
  for (let delivery = 0; delivery < DELIVERIES; delivery++) {
    if (world.messages.length === 0) await world.queue.send({ tenant: 'acme', eventId: 'e1' });
    await world.drain(HOUR);
    world.clock.now += 3 * MINUTE;
  }
}

describe('an outcome that cannot be published', () => {
  it('is tried again with the queue’s deliveries', async () => {
    const failures = [new StoreError('down'), new StoreError('down')];
    const published: string[] = [];
    const { world, sent } = open(async ({ eventId }) => {
      const failure = failures.shift();
      if (failure) throw failure;
      published.push(eventId);
    });
    await world.receive(TOLD);
    await deliverUntilDead(world);
    expect(published).toEqual(['e1']);
    expect(sent).toHaveLength(1);
    expect((await world.record('e1')).state).toBe('applied');
    expect(world.metrics()).not.toContain('outcome-lost');
  });

  it('promise 7: never keeps an event open for ever: closed once reconcile had to bring it back, with an alarm', async () => {
    const { world, sent } = open(() => Promise.reject(new StoreError('SQS: outcome not sent (QueueDoesNotExist)')));
    await world.receive(TOLD);
    await deliverUntilDead(world);
    expect((await world.record('e1')).state).toBe('working');
    world.messages.length = 0;
    world.clock.now += 2 * HOUR;
    await world.reconcile();
    await world.drain(HOUR);
    expect((await world.record('e1')).state).toBe('applied');
    expect(sent).toHaveLength(1);
    expect(world.metrics()).toContain('outcome-lost');
  });

  it('and an unforeseen error is not taken for a queue that is down', async () => {
    const { world } = open(() => Promise.reject(new TypeError('a defect')));
    await world.receive(TOLD);
    await deliverUntilDead(world);
    world.messages.length = 0;
    world.clock.now += 2 * HOUR;
    await world.reconcile();
    await world.drain(HOUR);
    expect((await world.record('e1')).state).toBe('working');
  });
});
