import { createModelCrm, createScriptedCrm, HUBSPOT_LIKE, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, DAY, FUNCTION_MS, START, TENANT } from './merge-world.ts';

const LOSERS = Array.from({ length: 1_000 }, (_, index) => `l${index}`);
const TOLD = { id: 'e1', survivor: 's', losers: LOSERS, changed: { remark: 'new' }, at: 100 };
const GENEROUS = { limits: { mergesPerHour: 5_000, mergesPerSurvivorPerDay: 5_000 } };

/** A CRM that takes its time, and notes when each of its calls begins and in which invocation. */
function openSlow(callMs: number, rules = HUBSPOT_LIKE) {
  const clock = { now: START };
  const model = createModelCrm({ rules, clock, callMs });
  const world = createMergeWorld({ crm: model.crm, clock, policy: GENEROUS, mapping: { remark: 'remark' } });
  for (const contact of ['s', ...LOSERS]) model.model.seed(contact, {});
  return { ...model, world, clock };
}

describe('promise 7: an event with 1 000 losers at a slow CRM', () => {
  it('goes on over many invocations, stops each well before its end, and merges no loser twice', async () => {
    const { world, clock, crm, people, merged, diary } = openSlow(700);
    const begun: number[] = [];
    let invocationEnd = 0;
    const merge = crm.merge;
    crm.merge = (pair) => {
      begun.push(invocationEnd - clock.now);
      return merge(pair);
    };
    await world.receive(TOLD);
    let invocations = 0;
    for (; world.messages.length > 0; invocations++) {
      invocationEnd = clock.now + FUNCTION_MS;
      await world.drain(0);
      expect(clock.now).toBeLessThan(invocationEnd);
    }
    expect((await world.record('e1')).state).toBe('applied');
    expect(Math.min(...begun)).toBeGreaterThanOrEqual(world.timing.callMs);
    expect(invocations).toBeGreaterThan(20);
    expect(merged()).toEqual(LOSERS);
    expect(people()).toEqual({ s: { remark: 'new' } });
    // Each looks once at what is left, but those within the plan's first minute.
    expect(diary.filter((call) => call === 'find').length).toBeLessThanOrEqual(invocations);
    expect(diary.filter((call) => call === 'locate')).toEqual([]);
    expect(world.failedDeliveries).toEqual([]);
    expect((await world.record('e1')).requeues).toBeUndefined();
  });

  it('can be watched: its progress is in its record, its contacts are taken, another event waits behind it', async () => {
    const { world } = openSlow(700);
    await world.receive(TOLD);
    await world.drain(0);
    const underway = await world.record('e1');
    expect(underway).toMatchObject({ state: 'queued', plan: 1, progress: { sent: false } });
    expect(underway.progress?.step).toBeGreaterThan(10);
    await world.receive({ id: 'e2', survivor: 'x', losers: ['l999'], at: 200 });
    await world.drain(0);
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
    await world.drain();
    expect(await world.record('e2')).toMatchObject({ state: 'parked', reason: 'loser-claimed-twice' });
  });

  it('is done in as few calls as the CRM’s merges allow', async () => {
    const { world, diary, people } = openSlow(10, SALESFORCE_LIKE);
    await world.tell(TOLD);
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect(diary).toHaveLength(1 + 500);
  });

  it('is one command where the CRM merges by itself', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm, policy: GENEROUS });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(sent.map(({ command }) => command.loserIds)).toEqual([LOSERS]);
    for (const loser of ['l0', 'l500', 'l999']) expect((await world.contact(loser)).mergedInto).toBe('s');
  });

  it('meets it again years later under another id, and has nothing left to do', async () => {
    const { world, clock, diary } = openSlow(10, SALESFORCE_LIKE);
    await world.tell(TOLD);
    clock.now += 800 * DAY;
    diary.length = 0;
    expect(await world.tell({ ...TOLD, id: 'e2' })).toMatchObject({ state: 'applied' });
    expect(diary.filter((call) => call === 'merge')).toEqual([]);
  });
});

describe('promise 7: an event with more losers than one plan takes', () => {
  const MANY = Array.from({ length: 5_000 }, (_, index) => `m${index}`);
  const MANY_TOLD = { ...TOLD, losers: MANY };
  const UNLIMITED = { limits: { mergesPerHour: 1_000_000, mergesPerSurvivorPerDay: 1_000_000 } };

  it('is applied part by part, each well within an invocation, and once', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm, policy: UNLIMITED, requestMs: 0.4 }); // 16 requests at once, of 6 ms each.
    await world.receive(MANY_TOLD);
    for (let parts = 0; world.messages.length > 0; parts++) {
      const end = world.clock.now + FUNCTION_MS - world.timing.callMs;
      await world.drain(0);
      expect(world.clock.now).toBeLessThan(end);
      expect(parts).toBeLessThan(4);
    }
    expect(await world.record('e1')).toMatchObject({ state: 'applied', plan: 3 });
    expect(sent.map(({ key }) => key)).toEqual(['e1', 'e1~2', 'e1~3']);
    expect(sent.flatMap(({ command }) => command.loserIds)).toEqual(MANY);
    expect(sent.map(({ command }) => Object.keys(command.changed))).toEqual([[], [], ['remark']]);
    const decided = await Promise.all([1, 2, 3].map(async (number) => (await world.plan('e1', number))?.decisions));
    expect(decided.map((one) => one?.length)).toEqual([0, 0, 1]);
    for (const loser of ['m0', 'm2000', 'm4999']) expect((await world.contact(loser)).mergedInto).toBe('s');
    expect((await world.contact('s')).lockedBy).toBeUndefined();
  });

  it('tells the outcome of each part', async () => {
    const losers: number[] = [];
    const { crm } = createScriptedCrm();
    const outcomes = { publish: async ({ loserIds }: { loserIds: string[] }) => void losers.push(loserIds.length) };
    const world = createMergeWorld({ crm, policy: UNLIMITED, outcomes });
    await world.tell(MANY_TOLD);
    expect(losers).toEqual([2_000, 2_000, 1_000]);
  });

  it('promise 9: counts whole against the volume limit, with its first part', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm, policy: { limits: { mergesPerHour: 4_999, mergesPerSurvivorPerDay: 500 } } });
    expect(await world.tell(MANY_TOLD)).toMatchObject({ state: 'held', reason: 'tenant-hour-limit' });
    expect(sent).toEqual([]);
    await world.operate('e1', 'release');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
  });

  it('refused in the middle: what is merged stays known, a replay goes on with the part that was refused', async () => {
    const { crm, sent } = createScriptedCrm({ outcome: 'done' }, { outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm, policy: UNLIMITED });
    expect(await world.tell(MANY_TOLD)).toMatchObject({ state: 'parked', losersDone: 2_000 });
    expect((await world.contact('m0')).mergedInto).toBe('s');
    expect((await world.contact('m2000')).mergedInto).toBeUndefined();
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(sent.map(({ command }) => command.loserIds.length)).toEqual([2_000, 2_000, 2_000, 1_000]);
  });

  it('whose losers are known to the CRM in one part only is applied; in none, skipped', async () => {
    const { crm } = createScriptedCrm(
      { outcome: 'unknown-contacts' },
      { outcome: 'done' },
      { outcome: 'unknown-contacts' },
    );
    const world = createMergeWorld({ crm, policy: UNLIMITED });
    expect((await world.tell(MANY_TOLD)).state).toBe('applied');
    const none = createScriptedCrm(...Array.from({ length: 3 }, () => ({ outcome: 'unknown-contacts' }) as const));
    const other = createMergeWorld({ crm: none.crm, policy: UNLIMITED });
    expect(await other.tell(MANY_TOLD)).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm' });
  });

  it('promise 6: a contradiction in any part of the ids is seen before the first call', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm, policy: UNLIMITED });
    expect(await world.tell({ ...MANY_TOLD, losers: [...MANY, 's'] })).toMatchObject({ reason: 'self-merge' });
    expect(sent).toEqual([]);
  });
});

describe('an invocation that is nearly over', () => {
  it('begins no event, and hands its message on instead of failing it', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm, timing: { callMs: FUNCTION_MS } });
    await world.receive({ id: 'e1', survivor: 's', losers: ['a'] });
    await world.deliverNext();
    expect(world.failedDeliveries).toEqual([]);
    expect(sent).toEqual([]);
    expect(world.messages.map(({ pointer }) => pointer)).toEqual([{ tenant: TENANT, eventId: 'e1' }]);
    expect((await world.record('e1')).state).toBe('stored');
  });
});
