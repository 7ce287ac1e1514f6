import { ConfigError, CrmError, StoreError } from '../../lib/errors.ts';
import type { Outcome } from '../../lib/ports.ts';
import { createTransitionsWorld } from '../ledger/transitions-world.ts';
import { createScriptedCrm, type Reply } from './crms.ts';
import { createMergeWorld, DAY, HOUR, START, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };

function open(...script: Reply[]) {
  const { crm, sent } = createScriptedCrm(...script);
  const outcomes: Outcome[] = [];
  const publish = async (outcome: Outcome) => void outcomes.push(outcome);
  return { world: createMergeWorld({ crm, outcomes: { publish } }), sent, outcomes };
}

describe('what systems downstream are told', () => {
  const common = { tenant: TENANT, eventId: 'e1', survivorId: 's', at: START };

  it('of an event that is applied: who was merged into whom, and when', async () => {
    const { world, outcomes } = open();
    await world.tell(TOLD);
    expect(outcomes).toEqual([{ ...common, state: 'applied', loserIds: ['a'] }]);
  });

  it('of an event whose contacts the CRM does not know', async () => {
    const { world, outcomes } = open({ outcome: 'unknown-contacts' });
    await world.tell(TOLD);
    expect(outcomes).toEqual([{ ...common, state: 'skipped', reason: 'unknown-in-crm', loserIds: ['a'] }]);
  });

  it('of an event that has nothing left to do', async () => {
    const { world, outcomes } = open();
    await world.tell(TOLD);
    await world.tell({ ...TOLD, id: 'e2' });
    const idle = { ...common, eventId: 'e2', state: 'applied', reason: 'nothing-left-to-do', loserIds: [] };
    expect(outcomes.slice(1)).toEqual([idle]);
  });

  it('nothing of an event that is parked', async () => {
    const { world, outcomes } = open({ outcome: 'contradiction', code: 'locked' });
    await world.tell(TOLD);
    expect(outcomes).toEqual([]);
  });
});

describe('promise 9: observe mode, once all of a plan’s calls are made', () => {
  it('does not keep an event from its end: an operator has said that the last call was done', async () => {
    const { world, sent } = open(...Array.from({ length: 9_999 }, () => new CrmError('ambiguous', 'as told')));
    await world.receive(TOLD);
    await world.drain(2 * DAY);
    const calls = sent.length;
    world.policy({ mode: 'observe' });
    expect(await world.operate('e1', 'settle-done')).toBe('queued');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect((await world.contact('a')).mergedInto).toBe('s');
    expect(sent).toHaveLength(calls);
  });
});

describe('what an operator reads in the log', () => {
  const lines = (world: { lines: string[] }, metric: string) =>
    world.lines.map((line) => JSON.parse(line)).filter((line) => line.metric === metric);

  it('where an event is finished, waits behind another, or needs a human', async () => {
    const { world } = open(new CrmError('ambiguous', 'as told'));
    await world.receive(TOLD);
    await world.deliverNext();
    await world.receive({ id: 'e2', survivor: 's', losers: ['b'] });
    await world.deliverNext();
    world.policy({ limits: { mergesPerHour: 1, mergesPerSurvivorPerDay: 500 } });
    await world.receive({ id: 'e3', survivor: 't', losers: ['t'] });
    await world.receive({ id: 'e4', survivor: 'u', losers: ['v'] });
    await world.drain(0);
    const rest = ['waiting', 'parked', 'held'].flatMap((metric) => lines(world, metric));
    const common = { tenant: TENANT, message: 'event state changed' };
    expect(rest).toMatchObject([
      { ...common, eventId: 'e1', level: 'info', reason: 'crm-ambiguous', waitSeconds: 2 },
      { ...common, eventId: 'e2', level: 'info', reason: 'behind-another-event', behind: 'e1' },
      { ...common, eventId: 'e3', level: 'warn', state: 'parked', reason: 'self-merge' },
      { ...common, eventId: 'e4', level: 'warn', state: 'held', reason: 'tenant-hour-limit' },
    ]);
    expect(rest[1]).not.toHaveProperty('waitSeconds');
    await world.drain();
    const [finished] = lines(world, 'applied');
    expect(finished).toMatchObject({ level: 'info', message: 'event finished', eventId: 'e1', state: 'applied' });
  });

  it('the seconds from the merge in 尘锋 to its end in the CRM, and the calls of each turn by what came of them', async () => {
    const { world } = open(new CrmError('retry-soon', 'as told'), new CrmError('ambiguous', 'as told'));
    await world.receive(TOLD);
    await world.drain();
    const turns = world.lines
      .map((line) => JSON.parse(line))
      .filter(({ message }) => message === 'event state changed' || message === 'event finished')
      .map(({ state, lagSeconds, crmDone, crmRefused, crmUnanswered }) => [
        state,
        { lagSeconds, crmDone, crmRefused, crmUnanswered },
      ]);
    expect(turns.map(([state]) => state)).toEqual(['waiting', 'waiting', 'applied']);
    expect(turns[0]?.[1]).toEqual({ crmRefused: 1 });
    expect(turns[1]?.[1]).toEqual({ crmUnanswered: 1 });
    expect(turns[2]?.[1]).toMatchObject({ crmDone: 1 });
    expect(turns[2]?.[1].lagSeconds).toBeGreaterThan(0);
  });

  it('where an event was given up: without a wait, for nothing comes by itself', async () => {
    const { world } = open(...Array.from({ length: 9_999 }, () => new CrmError('retry-soon', 'as told')));
    await world.receive(TOLD);
    await world.drain(2 * DAY);
    const [parked] = lines(world, 'parked');
    expect(parked).toMatchObject({ level: 'warn', reason: 'gave-up:crm-retry-soon' });
    expect(parked).not.toHaveProperty('waitSeconds');
  });

  it('where a worker was overtaken: that its lease was lost, not that something is broken', async () => {
    const { crm } = createScriptedCrm();
    const { send } = crm;
    const world = createMergeWorld({ crm });
    crm.send = async (command, key) => {
      crm.send = send;
      world.clock.now += world.timing.leaseMs;
      await world.queue.send({ tenant: TENANT, eventId: 'e1' });
      await world.deliverNext();
      return send(command, key);
    };
    await world.tell(TOLD);
    expect((await world.record('e1')).state).toBe('applied');
    expect(lines(world, 'apply-failed')).toMatchObject([{ eventId: 'e1', problem: 'LeaseLost' }]);
  });

  it('where a tenant’s settings are wrong: which tenant, and what is wrong', async () => {
    const { world } = open();
    world.config.problem = new ConfigError('crm settings: endpoint: needs a URL');
    await world.receive(TOLD);
    await world.deliverNext();
    expect(lines(world, 'config')).toMatchObject([
      { message: 'tenant settings are wrong', tenant: TENANT, problem: 'crm settings: endpoint: needs a URL' },
    ]);
  });

  it('where an outcome is lost: of which event, and why', async () => {
    const { crm } = createScriptedCrm();
    const publish = () => Promise.reject(new StoreError('SQS: outcome not sent (QueueDoesNotExist)'));
    const world = createTransitionsWorld(crm, { outcomes: { publish } });
    await world.receive(TOLD);
    await world.deliverNext();
    world.clock.now += 2 * HOUR;
    await world.reconcile();
    await world.drain(HOUR);
    expect(lines(world, 'outcome-lost')).toMatchObject([
      { message: 'outcome not published', eventId: 'e1', problem: 'SQS: outcome not sent (QueueDoesNotExist)' },
    ]);
  });
});
