import { createHandler as createReconcile } from '../../functions/reconcile/handler.ts';
import { CrmError, StoreError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { createScriptedCrm } from './crms.ts';
import { createMergeWorld, HOUR, type MergeWorld, MINUTE, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };

/** Lets the time pass with the service as it is deployed: what is due is delivered, reconcile runs every two minutes. */
async function live(world: MergeWorld, forMs: number): Promise<void> {
  const now = () => world.clock.now;
  const log = createLog((line) => world.lines.push(line), now);
  const parts = {
    ledger: world.ledgerOf,
    queue: world.queue,
    now,
    log,
    tenants: [TENANT],
    timing: world.timing,
  };
  const reconcile = createReconcile(parts);
  for (const end = now() + forMs; now() < end; world.clock.now += 2 * MINUTE) {
    await world.drain(0);
    await reconcile({}, { getRemainingTimeInMillis: () => MINUTE });
  }
}

/** Every delivery fails after the event was taken, in an unforeseen way. */
function open() {
  const { crm, sent, script } = createScriptedCrm();
  const world = createMergeWorld({ crm });
  world.config.problem = new StoreError('DynamoDB: get failed (ProvisionedThroughputExceededException)');
  return { world, sent, script };
}

describe('promise 7: an event whose every delivery fails', () => {
  it('outlives an outage of half a day, and is applied after it', async () => {
    const { world, sent } = open();
    await world.receive(TOLD);
    await live(world, 12 * HOUR);
    expect(await world.record('e1')).not.toMatchObject({ state: 'parked' });
    delete world.config.problem;
    await live(world, 24 * HOUR);
    expect((await world.record('e1')).state).toBe('applied');
    expect(sent).toHaveLength(1);
  });

  it('is tried again less and less often, and parked with an alarm when that goes on for days', async () => {
    const { world } = open();
    await world.receive(TOLD);
    await live(world, 7 * 24 * HOUR);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'stuck' });
    expect(world.failedDeliveries.length).toBeLessThanOrEqual(8);
    expect(world.metrics()).toEqual(expect.arrayContaining(['stuck', 'parked']));
  });

  it('once it has moved again, starts counting anew', async () => {
    const { world, script } = open();
    await world.receive(TOLD);
    await live(world, 12 * HOUR);
    expect((await world.record('e1')).requeues).toBeGreaterThan(2);
    delete world.config.problem;
    script.push(new CrmError('retry-after', 'later', { retryAt: world.clock.now + 48 * HOUR }));
    await live(world, 24 * HOUR);
    const { state, requeues } = await world.record('e1');
    expect([state, requeues]).toEqual(['waiting', undefined]);
  });
});
