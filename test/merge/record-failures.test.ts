import { CrmError, type CrmFailure } from '../../lib/errors.ts';
import type { PropertyValues } from '../../lib/ports.ts';
import type { ModelRules } from '../simulation/model-record-crm.ts';
import { createModelCrm, type Fault, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, DAY, HOUR, MINUTE, START, type Told } from './merge-world.ts';

const MAPPING = { remark: 'remark', position: 'position' };
const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' }, at: 100 };
const PEOPLE = { s: {}, a: {}, b: {}, c: {} };

const fault = (on: Fault['on'], kind: CrmFailure, more: Partial<Fault> & { retryAt?: number; code?: string } = {}) => ({
  on,
  when: more.when ?? ('before' as const),
  ...(more.after !== undefined && { after: more.after }),
  error: new CrmError(kind, 'as told', { retryAt: more.retryAt, code: more.code }),
});

function open(rules: Partial<ModelRules> = {}, people: Record<string, PropertyValues> = PEOPLE) {
  const crm = createModelCrm({ rules });
  const world = createMergeWorld({ crm: crm.crm, mapping: MAPPING });
  for (const [id, values] of Object.entries(people)) crm.model.seed(id, values);
  const recordOf = (contact: string) =>
    [...crm.model.records].find(([, { contactId }]) => contactId === contact)?.[0] ?? '';
  return { ...crm, world, recordOf };
}

const KINDS: [string, Partial<ModelRules>][] = [
  ['a new id after each merge', {}],
  ['ids kept, repeats refused', SALESFORCE_LIKE],
  ['repeats that are done again', { ...SALESFORCE_LIKE, repeatSucceeds: true }],
  ['losers that are simply gone', { newIdAfterMerge: false, loserLeavesTrace: false }],
];

describe.each(KINDS)('promise 5: a merge without an answer, at a CRM with %s', (_kind, rules) => {
  it('that had taken effect, is found out by asking, and not sent again', async () => {
    const { world, fail, people, merged, diary } = open(rules);
    fail(fault('merge', 'ambiguous', { when: 'after' }));
    await world.receive(TOLD);
    await world.drain(0);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-ambiguous' });
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
    expect(diary.filter((call) => call === 'locate')).toHaveLength(1);
    expect(people()).toEqual({ c: {}, s: { remark: 'new' } });
  });

  it('that had not, is found out by asking, and sent once more', async () => {
    const { world, fail, people, merged } = open(rules);
    fail(fault('merge', 'ambiguous'));
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
    expect(people()).toEqual({ c: {}, s: { remark: 'new' } });
  });

  it('nothing is sent while the asking fails, too', async () => {
    const { world, fail, merged, changes } = open(rules);
    fail(fault('merge', 'ambiguous', { when: 'after' }));
    for (const kind of ['retry-soon', 'retry-soon'] as const) fail(fault('locate', kind));
    await world.receive(TOLD);
    await world.drain(4_000);
    expect(changes()).toEqual(['merge']);
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
  });
});

describe('promise 6: a merge without an answer after which the records are nowhere expected', () => {
  it('the loser is part of a stranger: parked, and the contacts stay taken', async () => {
    const { world, model, fail, people, recordOf } = open();
    fail(fault('merge', 'ambiguous'));
    await world.receive(TOLD);
    await world.drain(0);
    model.merge(recordOf('c'), [recordOf('a')]);
    const before = people();
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'merged-elsewhere-in-crm' });
    expect(people()).toEqual(before);
    expect((await world.contact('s')).lockedBy).toBeDefined();
  });

  it('the survivor is part of a stranger: parked', async () => {
    const { world, model, fail, people, recordOf } = open();
    fail(fault('merge', 'ambiguous'));
    await world.receive(TOLD);
    await world.drain(0);
    model.merge(recordOf('c'), [recordOf('s')]);
    const before = people();
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'merged-elsewhere-in-crm' });
    expect(people()).toEqual(before);
  });

  it('the survivor is gone altogether: parked', async () => {
    const { world, model, fail, recordOf } = open();
    fail(fault('merge', 'ambiguous'));
    await world.receive(TOLD);
    await world.drain(0);
    model.records.delete(recordOf('s'));
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'merged-elsewhere-in-crm' });
  });
});

describe('a merge that is refused', () => {
  it('because it was just done by hand, is done, and so is what it was to write', async () => {
    const { world, model, fail, people, recordOf } = open(SALESFORCE_LIKE);
    fail(fault('merge', 'retry-soon'));
    await world.receive({ ...TOLD, losers: ['a'] });
    await world.drain(0);
    model.merge(recordOf('s'), [recordOf('a')]);
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(people()).toMatchObject({ s: { remark: 'new' } });
  });

  it('for good, is parked; what was merged before it stays known, and a replay finishes', async () => {
    const { world, fail, people, merged } = open();
    fail(fault('merge', 'permanent', { after: 1, code: 'MERGE_BLOCKED' }));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:MERGE_BLOCKED' });
    expect((await world.contact('a')).mergedInto).toBe('s');
    expect(await world.contact('b')).toEqual({});
    expect((await world.contact('s')).lockedBy).toBeUndefined();
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
    expect(people()).toEqual({ c: {}, s: { remark: 'new' } });
  });

  it('half-way, and the look-up after it for want of rights: keeps its contacts; a replay asks, and sends what is left', async () => {
    const { world, crm, model, fail, people, merged } = open(SALESFORCE_LIKE);
    const { merge } = crm;
    crm.merge = ({ survivor, losers }) => {
      crm.merge = merge;
      model.halfMerge(survivor, losers);
      return Promise.reject(new CrmError('permanent', 'as told', { code: 'HALF_DONE' }));
    };
    fail(fault('locate', 'auth'));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-auth', progress: { sent: true } });
    for (const contact of ['s', 'a', 'b'])
      expect((await world.contact(contact)).lockedBy).toMatchObject({ event: 'e1' });
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
    expect(people()).toEqual({ c: {}, s: { remark: 'new' } });
  });

  it('for want of rights, is parked with the alarm of its own; a replay finishes', async () => {
    const { world, fail, merged } = open();
    fail(fault('merge', 'auth', { after: 1 }));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-auth' });
    expect(world.metrics()).toContain('crm-auth');
    await world.operate('e1', 'replay');
    await world.drain();
    expect(merged()).toEqual(['a', 'b']);
  });
});

describe('an update that fails', () => {
  it('for good, after the merges: parked, the merged ones stay aliased, the fields are not said to be written', async () => {
    const { world, fail, people, merged } = open();
    fail(fault('update', 'permanent', { code: 'INVALID_OPTION' }));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:INVALID_OPTION' });
    for (const loser of ['a', 'b']) expect((await world.contact(loser)).mergedInto).toBe('s');
    expect((await world.contact('s')).clocks ?? {}).toEqual({});
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
    expect(people()).toEqual({ c: {}, s: { remark: 'new' } });
  });

  it('for good, and a later event about the same fields comes first: the replay leaves them alone', async () => {
    const { world, fail, people } = open();
    fail(fault('update', 'permanent'));
    await world.tell(TOLD);
    await world.tell({ id: 'e2', survivor: 's', losers: ['c'], changed: { remark: 'newer' }, at: 200 });
    await world.operate('e1', 'replay');
    await world.drain();
    expect(people()).toEqual({ s: { remark: 'newer' } });
  });

  it.each(['before', 'after'] as const)('without an answer, %s its effect: is said again', async (when) => {
    const { world, fail, people, diary } = open();
    fail(fault('update', 'ambiguous', { when }));
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(people()).toEqual({ c: {}, s: { remark: 'new' } });
    expect(diary.filter((call) => call === 'update')).toHaveLength(2);
  });

  it.each([
    ['ambiguous', 'after'],
    ['ambiguous', 'before'],
    ['retry-soon', 'before'],
  ] as const)(
    'of an adopted record whose values went with the merge (%s, %s its effect): is said again',
    async (kind, when) => {
      const { world, fail, people, merged } = open(SALESFORCE_LIKE, { a: {}, b: {} });
      fail(fault('update', kind, { when }));
      expect((await world.tell(TOLD)).state).toBe('applied');
      expect(people()).toEqual({ s: { remark: 'new' } });
      expect(merged()).toEqual(['b']);
    },
  );

  it('of an adopted record, for good: its contacts are not known under the survivor’s name yet, and a replay finds them', async () => {
    const { world, fail, people, merged } = open({}, { a: {}, b: {} });
    fail(fault('update', 'permanent'));
    await world.tell(TOLD);
    expect(people()).toEqual({ a: {} });
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect(merged()).toEqual(['b']);
  });

  it('of an adopted record, for want of rights: another event about what it absorbed finds it, in doubt about none', async () => {
    const { world, fail, people } = open({ oldContactIdFinds: true }, { a: {}, b: {}, d: {} });
    fail(fault('update', 'auth'));
    expect((await world.tell(TOLD)).state).toBe('parked');
    expect(people()).toEqual({ a: {}, d: {} });
    expect(await world.tell({ id: 'e2', survivor: 'b', losers: ['d'], at: 50 })).toMatchObject({ state: 'applied' });
    expect(Object.keys(people())).toEqual(['s']);
    await world.operate('e1', 'replay');
    await world.drain();
    expect(people()).toEqual({ s: { remark: 'new' } });
  });
});

describe('promise 5: a creation without an answer', () => {
  function openEmpty() {
    const opened = open({}, {});
    opened.world.policy({ whenMissing: 'create' });
    return opened;
  }

  it.each(['before', 'after'] as const)('%s its effect: is looked up, and one record is made', async (when) => {
    const { world, fail, people, model } = openEmpty();
    fail(fault('create', 'ambiguous', { when }));
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect(model.records.size).toBe(1);
  });

  it('and then a look-up for which the rights are missing: parked with the alarm of its own', async () => {
    const { world, fail, people } = openEmpty();
    fail(fault('create', 'ambiguous', { when: 'after' }), fault('find', 'auth', { after: 1 }));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-auth' });
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new' } });
  });

  it('that did not take effect, while the id was given to a record by hand: its fields are written there', async () => {
    const { world, fail, model, people } = openEmpty();
    fail(fault('create', 'ambiguous'));
    await world.receive({ ...TOLD, changed: { remark: 'new', position: 'boss' } });
    await world.drain(0);
    model.seed('s', { remark: 'by hand', other: 'stays' });
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new', position: 'boss', other: 'stays' } });
    await world.tell({ id: 'e0', survivor: 's', losers: ['a'], changed: { remark: 'older' }, at: 50 });
    expect(people()).toMatchObject({ s: { remark: 'new' } });
  });

  it('and a field that is only written where it is empty leaves what was filled in by hand', async () => {
    const opened = createModelCrm({});
    const { crm, fail, model, people } = opened;
    const mapping = { remark: { to: 'remark', overwrite: 'if-empty' }, position: 'position' };
    const world = createMergeWorld({ crm, mapping, policy: { whenMissing: 'create' } });
    fail(fault('create', 'ambiguous'));
    await world.receive({ ...TOLD, changed: { remark: 'new', position: 'boss' } });
    await world.drain(0);
    model.seed('s', { remark: 'by hand' });
    await world.drain();
    expect(people()).toEqual({ s: { remark: 'by hand', position: 'boss' } });
  });

  it('and then two records: parked, for which is the right one is not known', async () => {
    const { world, fail, model } = openEmpty();
    fail(fault('create', 'ambiguous', { when: 'after' }));
    await world.receive(TOLD);
    await world.drain(0);
    model.seed('s', { remark: 'by hand' });
    await world.drain();
    expect((await world.record('e1')).state).toBe('parked');
  });
});

describe('a look-up that fails', () => {
  it('for want of rights: parked at once, with nothing taken', async () => {
    const { world, fail } = open();
    fail(fault('find', 'auth'));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-auth' });
    expect(await world.contact('s')).toEqual({});
  });

  it('because of a limit: waits until the time it names, with nothing taken', async () => {
    const { world, fail, merged } = open();
    fail(fault('find', 'retry-after', { retryAt: START + 5 * MINUTE }));
    await world.receive(TOLD);
    await world.drain(0);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', resumeAt: START + 5 * MINUTE });
    expect(await world.contact('s')).toEqual({});
    await world.drain();
    expect(merged()).toEqual(['a', 'b']);
  });

  it('for good: parked with the code, with nothing taken; a replay finds the cause gone', async () => {
    const { world, fail, merged } = open();
    fail(fault('find', 'permanent', { code: 'PROPERTY_DOESNT_EXIST' }));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:PROPERTY_DOESNT_EXIST' });
    expect(await world.contact('s')).toEqual({});
    await world.operate('e1', 'replay');
    await world.drain();
    expect(merged()).toEqual(['a', 'b']);
  });

  it('for a day: parked, and asked no longer', async () => {
    const { world, fail } = open();
    fail(...Array.from({ length: 2_000 }, () => fault('find', 'retry-soon')));
    await world.receive(TOLD);
    await world.drain(2 * DAY);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'gave-up:crm-retry-soon' });
  });

  it('with a code of the CRM: the reason names it while the event waits, and once it is parked', async () => {
    const { world, fail } = open();
    fail(...Array.from({ length: 2_000 }, () => fault('find', 'retry-soon', { code: 'UNABLE_TO_LOCK_ROW' })));
    await world.receive(TOLD);
    await world.drain(MINUTE);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-retry-soon:UNABLE_TO_LOCK_ROW' });
    await world.drain(2 * DAY);
    const reason = 'gave-up:crm-retry-soon:UNABLE_TO_LOCK_ROW';
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason });
  });

  it('for want of rights, with a code of the CRM: the reason names it, and the alarm is the same', async () => {
    const { world, fail } = open();
    fail(fault('find', 'auth', { code: 'LOGIN_DURING_RESTRICTED_TIME' }));
    expect(await world.tell(TOLD)).toMatchObject({ reason: 'crm-auth:LOGIN_DURING_RESTRICTED_TIME' });
    expect(world.metrics()).toContain('crm-auth');
  });
});

describe('promise 7: waiting uses up no attempts that lead to the dead-letter queue', () => {
  it.each(['find', 'merge', 'update'] as const)('hours of trouble with %s fail no delivery', async (on) => {
    const { world, fail } = open();
    for (let time = 0; time < 40; time++) fail(fault(on, time % 2 === 0 ? 'retry-soon' : 'ambiguous'));
    await world.receive(TOLD);
    await world.receive({ id: 'e2', survivor: 'c', losers: ['s'], at: 200 });
    await world.drain(12 * HOUR);
    expect(world.failedDeliveries).toEqual([]);
    for (const id of ['e1', 'e2']) expect((await world.record(id)).state).toBe('applied');
  });
});
