import { CrmError } from '../../lib/errors.ts';
import { reconcile } from '../../lib/recovery/reconcile.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld, DAY, HOUR, type MergeWorld, MINUTE, START, TENANT } from './merge-world.ts';

const TOLD = { id: 'e', survivor: 's', losers: ['l'] };
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

const reconcileOnce = ({ ledgerOf, queue, clock, timing }: MergeWorld) =>
  reconcile({
    ledger: ledgerOf,
    queue,
    now: () => clock.now,
    log: QUIET,
    tenants: [TENANT],
    timing,
    deadline: () => clock.now + 55_000,
  });

/** The queue's deliveries for so long, with reconcile beside it. @returns how many there were. */
async function live(world: MergeWorld, forMs: number): Promise<number> {
  let deliveries = 0;
  for (const end = world.clock.now + forMs; world.clock.now < end; ) {
    const from = world.clock.now;
    deliveries += await world.drain(HOUR);
    world.clock.now = Math.max(world.clock.now, from + HOUR);
    await reconcileOnce(world);
  }
  return deliveries;
}

/** A command-style CRM that fails like this until told otherwise. */
function failing(error: (now: number) => CrmError, timing = {}) {
  const clock = { now: START };
  const { crm } = createScriptedCrm();
  const answered = crm.send.bind(crm);
  const state = { calls: 0, up: false };
  crm.send = async (command, key) => {
    state.calls += 1;
    if (state.up) return answered(command, key);
    throw error(clock.now);
  };
  return { state, world: createMergeWorld({ crm, clock, timing }) };
}

describe('a CRM in trouble for long', () => {
  it('promise 7: that names a time again and again for a month is told to a human', async () => {
    const { world } = failing((now) => new CrmError('ambiguous', 'http: 503', { retryAt: now + 600_000 }));
    await world.receive(TOLD);
    await live(world, 30 * DAY);
    expect(await world.record('e')).toMatchObject({ state: 'parked', reason: 'gave-up:crm-ambiguous' });
  });

  it('that says "at once" for ever is not asked at once for ever', async () => {
    const { world, state } = failing((now) => new CrmError('ambiguous', 'http: 503', { retryAt: now }));
    await world.receive(TOLD);
    await world.drain(HOUR);
    expect(state.calls).toBeGreaterThan(50);
    expect(state.calls).toBeLessThan(300);
  });

  it('is not given up after one hiccup, because it rested for days before', async () => {
    const errors = [
      new CrmError('retry-after', 'quota', { retryAt: START + 23 * HOUR }),
      new CrmError('retry-after', 'quota', { retryAt: START + 46 * HOUR }),
      new CrmError('retry-soon', 'one hiccup'),
    ];
    const { world, state } = failing(() => {
      state.up = errors.length === 1;
      return errors.shift() as CrmError;
    });
    await world.receive(TOLD);
    await live(world, 50 * HOUR);
    expect(await world.record('e')).toMatchObject({ state: 'applied' });
  });

  it('promise 7: does not lock contacts for ever when the plan of an unanswered call has expired', async () => {
    const { world, state } = failing(() => new CrmError('ambiguous', 'no answer'), { journalMs: 15 * DAY });
    await world.receive(TOLD);
    await live(world, 2 * DAY);
    expect(await world.record('e')).toMatchObject({ state: 'parked', progress: { sent: true } });
    world.clock.now += 20 * DAY;
    state.up = true;
    await world.receive({ ...TOLD, id: 'f', losers: ['m'] });
    for (const action of ['replay', 'settle-not-done'] as const) {
      await world.operate('e', action);
      await world.drain(10 * MINUTE);
    }
    await live(world, 2 * HOUR);
    expect(await world.record('e')).toMatchObject({ state: 'parked', reason: 'plan-expired' });
    expect(await world.record('f')).toMatchObject({ state: 'applied' });
  });

  it('does not have the queue full of copies of what waits for it', async () => {
    const { world } = failing((now) => new CrmError('ambiguous', 'http: 503', { retryAt: now + 120_000 }));
    for (let n = 0; n < 5; n++) await world.receive({ id: `e${n}`, survivor: `s${n}`, losers: [`l${n}`] });
    for (let round = 0; round < 24; round++) {
      world.clock.now += 10 * MINUTE; // The workers are busy elsewhere: nothing is delivered, reconcile runs.
      await reconcileOnce(world);
      await world.drain(0);
    }
    expect(world.messages.length).toBeLessThanOrEqual(10);
  });
});

describe('an event behind one that waits for a human', () => {
  it('is not delivered thousands of times a day', async () => {
    const errors = [new CrmError('ambiguous', 'no answer'), new CrmError('auth', 'no longer')];
    const { crm } = createScriptedCrm(...errors);
    const world = createMergeWorld({ crm, clock: { now: START } });
    await world.tell(TOLD);
    expect(await world.record('e')).toMatchObject({ state: 'parked', progress: { sent: true } });
    await world.receive({ ...TOLD, id: 'f', losers: ['m'] });
    expect(await live(world, DAY)).toBeLessThan(600);
  });
});

describe('observe as a brake', () => {
  it('promise 9: stops plans under way between two calls of different invocations', async () => {
    const clock = { now: START };
    const { crm, model, merged } = createModelCrm({ clock, callMs: 9_000 });
    const world = createMergeWorld({ crm, clock });
    const losers = Array.from({ length: 30 }, (_, index) => `l${index}`);
    for (const contact of ['s', ...losers]) model.seed(contact, {});
    await world.receive({ id: 'e', survivor: 's', losers });
    await world.drain(1_000);
    const before = merged().length;
    world.policy({ mode: 'observe' });
    await world.drain(HOUR);
    expect(before).toBeGreaterThan(0);
    expect(merged()).toHaveLength(before);
    expect(await world.record('e')).toMatchObject({ state: 'parked', reason: 'observe-mode' });
    world.policy({ mode: 'live' });
    await world.operate('e', 'replay');
    await world.drain(HOUR);
    expect(merged()).toHaveLength(30);
  });
});
