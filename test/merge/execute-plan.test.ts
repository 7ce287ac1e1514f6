import { CrmError, type CrmFailure } from '../../lib/errors.ts';
import type { ModelRules } from '../simulation/model-record-crm.ts';
import { createModelCrm, createScriptedCrm, type Fault, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, MINUTE, START, TENANT, type Told } from './merge-world.ts';

const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' }, at: 100 };

const fault = (on: Fault['on'], kind: CrmFailure, more: Partial<Fault> = {}): Fault => ({
  on,
  when: 'before',
  error: new CrmError(kind, 'as told'),
  ...more,
});

function open(rules: Partial<ModelRules> = SALESFORCE_LIKE, contacts = ['s', 'a', 'b', 'x']) {
  const opened = createModelCrm({ rules });
  const world = createMergeWorld({ crm: opened.crm, mapping: { remark: 'remark' } });
  for (const contact of contacts) opened.model.seed(contact, {});
  const recordOf = (contact: string) =>
    [...opened.model.records].find(([, { contactId }]) => contactId === contact)?.[0] ?? '';
  return { ...opened, world, recordOf };
}

describe('a merge that the CRM refuses for good', () => {
  it('because one of its losers was merged by hand just before: the other one is merged', async () => {
    const { world, fail, model, merged, people, recordOf } = open();
    fail(fault('merge', 'retry-soon'));
    await world.receive(TOLD);
    await world.drain(0);
    model.merge(recordOf('s'), [recordOf('a')]);
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
    expect(people()).toEqual({ x: {}, s: { remark: 'new' } });
  });

  it('and the rest of which is refused, too: parked, and not sent again and again', async () => {
    const { world, fail, model, diary, recordOf } = open();
    fail(fault('merge', 'retry-soon'));
    await world.receive(TOLD);
    await world.drain(0);
    model.merge(recordOf('s'), [recordOf('a')]);
    fail(fault('merge', 'permanent', { after: 1 }));
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-refused:no-code' });
    expect(diary.filter((call) => call === 'merge')).toHaveLength(3);
  });

  it('promise 6: because a loser is part of another record by now: parked, and its contacts are free', async () => {
    const { world, fail, model, recordOf } = open();
    fail(fault('merge', 'retry-soon'));
    await world.receive(TOLD);
    await world.drain(0);
    model.merge(recordOf('x'), [recordOf('a')]);
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'merged-elsewhere-in-crm' });
    for (const contact of ['s', 'a', 'b']) expect((await world.contact(contact)).lockedBy).toBeUndefined();
  });

  it('promise 5: and is asked after without success: asked again, not sent again', async () => {
    const { world, fail, diary, merged } = open({ ...SALESFORCE_LIKE, mergeSetsValues: false });
    fail(fault('merge', 'permanent', { when: 'after' }), fault('locate', 'retry-soon'));
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(diary).toEqual(['find', 'merge', 'locate', 'locate', 'update']);
    expect(merged()).toEqual(['a', 'b']);
  });
});

describe('a call that the CRM turns away for now', () => {
  it('is sent again, without asking where the records are', async () => {
    const { world, fail, diary } = open();
    fail(fault('merge', 'retry-soon'));
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(diary).toEqual(['find', 'merge', 'merge']);
  });

  it('after it went unanswered and has settled, is not made to settle once more', async () => {
    const { world, fail, crm, people } = open({});
    const { update } = crm;
    const sentAt: number[] = [];
    crm.update = (id, write) => {
      sentAt.push(world.clock.now);
      return update(id, write);
    };
    fail(fault('update', 'ambiguous'), fault('update', 'retry-soon'));
    expect((await world.tell(TOLD)).state).toBe('applied');
    const [first = 0, second = 0, third = 0] = sentAt;
    expect(second - first).toBeGreaterThanOrEqual(world.timing.settleMs);
    expect(third - second).toBeLessThan(world.timing.settleMs);
    expect(people()).toMatchObject({ s: { remark: 'new' } });
  });
});

describe('a call without an answer', () => {
  it('has settled after exactly the time that the service allows for it', async () => {
    const { world, fail, diary } = open();
    fail(fault('merge', 'ambiguous'));
    await world.receive(TOLD);
    await world.deliverNext();
    for (const [time, calls] of [
      [world.timing.settleMs - MINUTE, ['find', 'merge', 'locate']],
      [world.timing.settleMs, ['find', 'merge', 'locate', 'locate', 'find', 'merge']],
    ] as const) {
      world.clock.now = START + time;
      world.messages.length = 0;
      await world.queue.send({ tenant: TENANT, eventId: 'e1' });
      await world.deliverNext();
      expect(diary).toEqual(calls);
    }
  });
});

describe('a defect while a call is made', () => {
  it('is not taken for an answer: the delivery fails, and the call counts as unanswered', async () => {
    const { crm, sent } = createScriptedCrm();
    const { send } = crm;
    const world = createMergeWorld({ crm });
    crm.send = () => Promise.reject(new TypeError('a defect'));
    await world.receive(TOLD);
    await world.deliverNext();
    expect(world.failedDeliveries).toHaveLength(1);
    expect(await world.record('e1')).toMatchObject({ state: 'working', progress: { sent: true } });
    crm.send = send;
    world.clock.now += world.timing.leaseMs;
    await world.queue.send({ tenant: TENANT, eventId: 'e1' });
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(sent.map(({ key }) => key)).toEqual(['e1']);
  });
});

describe('a creation', () => {
  it('at a CRM that can create nothing any more: parked', async () => {
    const { world, fail, crm, people } = open({}, []);
    world.policy({ whenMissing: 'create' });
    fail(fault('create', 'retry-soon'));
    await world.receive(TOLD);
    await world.drain(0);
    delete crm.create;
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-refused:no-code' });
    expect(people()).toEqual({});
  });
});

describe('promise 8: the journal', () => {
  it('says when the CRM knew none of the contacts', async () => {
    const { crm } = createScriptedCrm({ outcome: 'unknown-contacts' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    expect(await world.journal('e1')).toMatchObject([{ call: 'command', outcome: 'unknown-contacts', attempt: 1 }]);
  });
});

it('a merge names the properties that the mapping may write, for a CRM whose values have to be copied first', async () => {
  const { world, crm } = open();
  const { merge } = crm;
  const named: (string[] | undefined)[] = [];
  crm.merge = (call) => {
    named.push(call.properties);
    return merge(call);
  };
  await world.tell(TOLD);
  expect(named).toEqual([['remark']]);
});
