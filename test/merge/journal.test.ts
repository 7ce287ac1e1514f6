import { CrmError } from '../../lib/errors.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld, DAY, START } from './merge-world.ts';

const MAPPING = { remark: 'remark', position: 'position' };
const TOLD = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new', address: 'x' }, at: 100 };

function open() {
  const clock = { now: START };
  const model = createModelCrm({ clock, callMs: 40 });
  const world = createMergeWorld({ crm: model.crm, clock, mapping: MAPPING });
  const ids = ['s', 'a', 'b'].map((contact) => model.model.seed(contact, { position: `${contact}’s`, other: 7 }));
  return { ...model, world, ids };
}

describe('promise 8: known afterwards', () => {
  it('the records of both sides as they were before the merge, whole', async () => {
    const { world, ids } = open();
    await world.tell(TOLD);
    expect((await world.plan('e1'))?.before).toEqual(
      ['s', 'a', 'b'].map((contactId, index) => ({
        recordId: ids[index],
        contactId,
        values: { position: `${contactId}’s`, other: 7 },
      })),
    );
  });

  it('what was decided of each field, and why, in the plan; no value of a field in the event’s record', async () => {
    const { world } = open();
    const record = await world.tell(TOLD);
    const plan = await world.plan('e1');
    expect(plan?.decisions).toEqual([
      { key: 'remark', decision: 'write' },
      { key: 'address', decision: 'write' },
    ]);
    expect(plan).toMatchObject({ number: 1, madeAt: START, identities: { survivor: 's', absorbed: ['a', 'b'] } });
    expect(JSON.stringify(record)).not.toContain('new');
  });

  it('every call that changes something, in order, with its outcome and its times', async () => {
    const { world } = open();
    await world.tell(TOLD);
    expect(await world.journal('e1')).toEqual(
      ['merge', 'merge', 'update'].map((call, step) => {
        const at = START + 40 * (step + 1);
        return { plan: 1, step, attempt: 1, call, at, answeredAt: at + 40, outcome: 'done' };
      }),
    );
  });

  it('failures with the CRM’s own code, the questions after them, and each further attempt', async () => {
    const { world, fail } = open();
    fail({ on: 'merge', when: 'after', error: new CrmError('ambiguous', 'no answer', { code: 'ECONNRESET' }) });
    fail({ on: 'update', when: 'before', error: new CrmError('retry-soon', 'busy', { code: '429' }) });
    await world.tell(TOLD);
    const told = (await world.journal('e1')).map(({ call, step, attempt, outcome, code }) =>
      [step, attempt, call, outcome, code].join(' ').trim(),
    );
    expect(told).toEqual([
      '0 1 merge ambiguous ECONNRESET',
      '0 1 probe merged',
      '1 1 merge done',
      '2 1 update retry-soon 429',
      '2 2 update done',
    ]);
  });

  it('a replay’s plan and calls beside the first ones', async () => {
    const { crm } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.journal('e1')).map(({ plan, outcome }) => [plan, outcome])).toEqual([
      [1, 'crm-contradiction:locked'],
      [2, 'done'],
    ]);
    expect((await world.plan('e1', 1))?.steps).toHaveLength(1);
    expect((await world.plan('e1', 2))?.steps).toHaveLength(1);
  });

  it('its plan for as long as the tenant keeps journals, and no longer; what was called and who is who stay', async () => {
    const { world } = open();
    world.timing.journalMs = 30 * DAY;
    await world.tell(TOLD);
    world.clock.now += 30 * DAY - 1_000;
    expect(await world.plan('e1')).toBeDefined();
    expect(await world.journal('e1')).toHaveLength(3);
    world.clock.now += 2_000;
    expect(await world.plan('e1')).toBeUndefined();
    world.clock.now += 1_000 * DAY;
    expect((await world.contact('a')).mergedInto).toBe('s');
    expect(await world.record('e1')).toMatchObject({ state: 'applied' });
    expect(await world.journal('e1')).toHaveLength(3);
  });

  it('a story of hundreds of calls, in the order they were made; all but its end for as long as journals are kept', async () => {
    const losers = Array.from({ length: 300 }, (_, index) => `l${index}`);
    const { crm, model } = createModelCrm({ rules: { losersPerMerge: 1 } });
    const world = createMergeWorld({ crm });
    for (const id of ['s', ...losers]) model.seed(id, {});
    await world.tell({ id: 'e1', survivor: 's', losers });
    const told = await world.journal('e1');
    expect(told.map(({ step }) => step)).toEqual(losers.map((_, index) => index));
    expect(JSON.stringify(await world.record('e1')).length).toBeLessThan(8_000);
    world.clock.now += 1_000 * DAY;
    expect((await world.journal('e1')).length).toBeLessThan(24);
  });
});

describe('promise 8: a long story', () => {
  it('has each unanswered call once, also where it is the last one before the others leave the record', async () => {
    const silence = Array.from({ length: 30 }, () => new CrmError('ambiguous', 'silence'));
    const { crm } = createScriptedCrm(...silence);
    const world = createMergeWorld({ crm });
    await world.receive(TOLD);
    await world.drain(DAY);
    const told = (await world.journal('e1')).map(({ attempt, outcome, code }) => [attempt, outcome, code]);
    const unanswered = silence.map((_, index) => [index + 1, 'ambiguous', undefined]);
    expect(told).toEqual([...unanswered, [31, 'done', undefined]]);
  });
});

describe('the record of an event with a long story', () => {
  it('keeps the last call only, once the others have left it', async () => {
    const { crm } = createScriptedCrm(...Array.from({ length: 24 }, () => new CrmError('ambiguous', 'silence')));
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    const counts = world.writes.events.map(({ value }) => (value as { calls?: object[] }).calls?.length ?? 0);
    expect(Math.max(...counts)).toBe(23);
    expect((await world.record('e1')).calls).toHaveLength(2);
  });
});

describe('what expires while an event waits', () => {
  it('its payload: parked, for what it said is no longer known', async () => {
    const { crm } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    world.clock.now += 91 * DAY;
    await world.operate('e1', 'replay');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'payload-expired' });
  });

  it('promise 5: its plan, with a call still unanswered: parked, and its contacts stay taken', async () => {
    const { crm, sent } = createScriptedCrm(
      ...Array.from({ length: 9_999 }, () => new CrmError('ambiguous', 'silence')),
    );
    const world = createMergeWorld({ crm });
    await world.receive(TOLD);
    await world.drain(2 * DAY);
    world.clock.now += 401 * DAY;
    const said = sent.length;
    await world.operate('e1', 'settle-not-done');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'plan-expired' });
    expect((await world.contact('s')).lockedBy).toMatchObject({ event: 'e1' });
    expect(sent).toHaveLength(said);
  });
});

describe('promise 11: no personal data', () => {
  const SECRET = 'Zhang-13800138000';

  it('in any line that is logged, whatever happens to an event', async () => {
    const { crm } = createScriptedCrm(
      new CrmError('ambiguous', SECRET),
      { outcome: 'contradiction', code: 'locked' },
      new CrmError('permanent', SECRET, { code: 'bad' }),
    );
    const world = createMergeWorld({ crm });
    const told = { ...TOLD, changed: { remark: SECRET }, old: { remark: SECRET } };
    await world.tell(told);
    await world.operate('e1', 'replay');
    await world.drain();
    world.config.problem = new TypeError(SECRET);
    await world.receive({ ...told, id: 'e2' });
    await world.drain(0);
    expect(world.lines.length).toBeGreaterThan(3);
    expect(world.lines.join('\n')).not.toContain(SECRET);
    expect(JSON.stringify(await world.journal('e1'))).not.toContain(SECRET);
    expect(JSON.stringify(await world.record('e1'))).not.toContain(SECRET);
  });
});
