import { CrmError } from '../../lib/errors.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld, DAY, HOUR, type MergeWorldOptions, type Told } from './merge-world.ts';

const merge = (number: number, losers = 1, survivor = `s${number}`): Told => ({
  id: `e${number}`,
  survivor,
  losers: Array.from({ length: losers }, (_, index) => `l${number}-${index}`),
});

function open(
  limits: { mergesPerHour?: number; mergesPerSurvivorPerDay?: number },
  more: Partial<MergeWorldOptions> = {},
) {
  const { crm, sent, script } = createScriptedCrm();
  const policy = { limits: { mergesPerHour: 5_000, mergesPerSurvivorPerDay: 500, ...limits } };
  const world = createMergeWorld({ crm, ...more, policy: { ...policy, ...more.policy } });
  return { world, sent, script };
}

describe('promise 9: more merges in an hour than the tenant’s limit', () => {
  it('are held, not dropped: listed, alarmed, and not said to the CRM', async () => {
    const { world, sent } = open({ mergesPerHour: 3 });
    for (const number of [1, 2, 3]) expect((await world.tell(merge(number))).state).toBe('applied');
    expect(await world.tell(merge(4))).toMatchObject({ state: 'held', reason: 'tenant-hour-limit' });
    expect(await world.tell(merge(5))).toMatchObject({ state: 'held' });
    expect(await world.listed('held')).toEqual(['e4', 'e5']);
    expect(world.metrics().filter((metric) => metric === 'held')).toHaveLength(2);
    expect(sent).toHaveLength(3);
    expect(world.messages).toEqual([]);
    expect(world.failedDeliveries).toEqual([]);
  });

  it('are counted by contacts merged away, over all events', async () => {
    const { world } = open({ mergesPerHour: 4 });
    await world.tell(merge(1, 3));
    expect((await world.tell(merge(2, 1))).state).toBe('applied');
    expect((await world.tell(merge(3, 1))).state).toBe('held');
  });

  it('an event is not cut in two: what would go beyond the limit is held as a whole', async () => {
    const { world, sent } = open({ mergesPerHour: 4 });
    await world.tell(merge(1, 3));
    expect((await world.tell(merge(2, 50))).state).toBe('held');
    expect(sent).toHaveLength(1);
  });

  it('start anew with the hour', async () => {
    const { world } = open({ mergesPerHour: 1 });
    await world.tell(merge(1));
    expect((await world.tell(merge(2))).state).toBe('held');
    world.clock.now += HOUR;
    expect((await world.tell(merge(3))).state).toBe('applied');
  });

  it('leave alone what merges no contact: late fields are still written', async () => {
    const { world } = open({ mergesPerHour: 1 });
    await world.tell(merge(1));
    const again = { ...merge(1), id: 'e1-again', changed: { remark: 'r' } };
    expect((await world.tell(again)).state).toBe('applied');
  });
});

describe('promise 9: once the tenant’s limit is exceeded', () => {
  it('what merges no contact is still applied, for it adds nothing', async () => {
    const { world } = open({ mergesPerHour: 1 });
    await world.tell(merge(1));
    expect((await world.tell(merge(2))).state).toBe('held');
    const again = { ...merge(1), id: 'e1-again', changed: { remark: 'r' } };
    expect((await world.tell(again)).state).toBe('applied');
  });
});

describe('promise 9: more merges into one survivor in a day than its limit', () => {
  it('are counted over the whole day, from midnight to midnight UTC', async () => {
    const { world } = open({ mergesPerSurvivorPerDay: 2 });
    for (const number of [1, 2]) {
      expect((await world.tell(merge(number, 1, 's'))).state).toBe('applied');
      world.clock.now += 7 * HOUR;
    }
    expect(await world.tell(merge(3, 1, 's'))).toMatchObject({ state: 'held', reason: 'survivor-day-limit' });
    world.clock.now += 2 * HOUR;
    expect((await world.tell(merge(4, 1, 's'))).state).toBe('applied');
  });

  it('are held, while others go on', async () => {
    const { world } = open({ mergesPerSurvivorPerDay: 2 });
    await world.tell(merge(1, 1, 's'));
    await world.tell(merge(2, 1, 's'));
    expect(await world.tell(merge(3, 1, 's'))).toMatchObject({ state: 'held', reason: 'survivor-day-limit' });
    expect((await world.tell(merge(4, 1, 'other'))).state).toBe('applied');
    world.clock.now += DAY;
    expect((await world.tell(merge(5, 1, 's'))).state).toBe('applied');
  });

  it('count for whom the survivor is now', async () => {
    const { world } = open({ mergesPerSurvivorPerDay: 2 });
    await world.tell({ id: 'e1', survivor: 'final', losers: ['s'] });
    await world.tell(merge(2, 1, 's'));
    expect(await world.tell(merge(3, 1, 's'))).toMatchObject({ state: 'held' });
  });
});

describe('promise 9: what is held', () => {
  it('goes on when an operator releases it, even while the limit is used up, and nothing else does', async () => {
    const { world, sent } = open({ mergesPerHour: 1 });
    for (const number of [1, 2, 3]) await world.tell(merge(number));
    expect(await world.operate('e2', 'release')).toBe('queued');
    await world.drain();
    expect((await world.record('e2')).state).toBe('applied');
    expect((await world.record('e3')).state).toBe('held');
    expect(sent.map(({ command }) => command.eventId)).toEqual(['e1', 'e2']);
    expect(await world.listed('held')).toEqual(['e3']);
  });

  it('comes to the same end in whatever order it is released', async () => {
    const { crm, model, people } = createModelCrm();
    const { world } = open({ mergesPerHour: 1 }, { crm, mapping: { remark: 'remark' } });
    for (const contact of ['x', 'y', 'a', 'b', 'c', 'd']) model.seed(contact, {});
    await world.tell({ id: 'e0', survivor: 'x', losers: ['y'] });
    await world.tell({ id: 'e1', survivor: 'b', losers: ['a'], changed: { remark: 'b' }, at: 1 });
    await world.tell({ id: 'e2', survivor: 'c', losers: ['b'], changed: { remark: 'c' }, at: 2 });
    await world.tell({ id: 'e3', survivor: 'c', losers: ['d'], changed: { remark: 'late' }, at: 3 });
    expect(await world.listed('held')).toEqual(['e1', 'e2', 'e3']);
    for (const id of ['e3', 'e1', 'e2']) await world.operate(id, 'release');
    await world.drain();
    expect(people()).toEqual({ x: {}, c: { remark: 'late' } });
  });

  it('holds no contacts meanwhile', async () => {
    const { world } = open({ mergesPerHour: 1 });
    await world.tell(merge(1));
    await world.tell(merge(2, 1, 's'));
    expect((await world.contact('s')).lockedBy).toBeUndefined();
  });
});

describe('promise 9: what counts, and how often', () => {
  it('an event that the CRM turns away again and again counts once', async () => {
    const { world, script } = open({ mergesPerHour: 2 });
    script.push(...Array.from({ length: 5 }, () => new CrmError('retry-soon', 'busy')));
    expect((await world.tell(merge(1))).state).toBe('applied');
    expect((await world.tell(merge(2))).state).toBe('applied');
    expect((await world.tell(merge(3))).state).toBe('held');
  });

  it('an event that is retried before it has a plan counts once', async () => {
    const { crm, fail } = createModelCrm();
    const { world } = open({ mergesPerHour: 2 }, { crm });
    const error = new CrmError('retry-soon', 'busy');
    fail(...Array.from({ length: 5 }, () => ({ on: 'find' as const, when: 'before' as const, error })));
    expect((await world.tell(merge(1))).state).toBe('skipped');
    expect((await world.tell(merge(2))).state).toBe('skipped');
  });

  it('an event behind another does not count while it waits', async () => {
    const { world, script } = open({ mergesPerHour: 2 });
    script.push(...Array.from({ length: 4 }, () => new CrmError('ambiguous', 'no answer')));
    await world.receive(merge(1, 1, 's'));
    await world.receive(merge(2, 1, 's'));
    await world.drain();
    expect((await world.record('e2')).state).toBe('applied');
    expect((await world.tell(merge(3))).state).toBe('held');
  });

  it('a replay of a parked event does not count again', async () => {
    const { world, script } = open({ mergesPerHour: 2 });
    script.push({ outcome: 'contradiction', code: 'locked' });
    expect((await world.tell(merge(1))).state).toBe('parked');
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.tell(merge(2))).state).toBe('applied');
    expect((await world.tell(merge(3))).state).toBe('held');
  });

  it('a loser without a record does not count for the survivor’s day: it does once a replay merges it', async () => {
    const { crm, model } = createModelCrm();
    const { world } = open({}, { crm });
    for (const contact of ['s1', 'l1-0']) model.seed(contact, {});
    await world.tell(merge(1, 2));
    expect((await world.contact('s1')).mergedAway).toMatchObject({ count: 1 });
    model.seed('l1-1', {});
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.contact('s1')).mergedAway).toMatchObject({ count: 2 });
  });

  it('what was only observed counts when it goes live: that is when it merges', async () => {
    const { world } = open({ mergesPerHour: 2 }, { policy: { mode: 'observe' } });
    for (const number of [1, 2]) await world.tell(merge(number));
    world.clock.now += HOUR;
    world.policy({ mode: 'live' });
    await world.tell(merge(3, 2));
    await world.operate('e1', 'replay');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'held', reason: 'tenant-hour-limit' });
  });
});
