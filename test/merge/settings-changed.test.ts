import { CrmError } from '../../lib/errors.ts';
import type { Crm } from '../../lib/ports.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld, MINUTE, START, type Told } from './merge-world.ts';

const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' }, at: START / 1000 };
const MAPPING = { remark: 'remark' };
const BUSY = new CrmError('retry-soon', 'busy', { code: 'BUSY' });

function createRecords(name = 'model') {
  const opened = createModelCrm();
  const ids = ['s', 'a'].map((contact) => opened.model.seed(contact, {}));
  return { ...opened, ids, crm: { ...opened.crm, name } };
}

/** An event whose plan has been made and whose first call was turned away. */
async function underWay(crm: Crm) {
  const world = createMergeWorld({ crm, mapping: MAPPING });
  await world.receive(TOLD);
  await world.deliverNext();
  expect((await world.record('e1')).state).toBe('waiting');
  return world;
}

describe('promise 6: another kind of CRM in the settings while a plan is under way', () => {
  it('from records to commands: nothing of the old plan is sent, and a replay plans anew', async () => {
    const old = createRecords();
    old.fail({ on: 'merge', when: 'before', error: BUSY });
    const world = await underWay(old.crm);
    const { crm, sent } = createScriptedCrm();
    world.tenant.crm = crm;
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-changed' });
    expect([sent, world.failedDeliveries]).toEqual([[], []]);
    for (const contact of ['s', 'a']) expect((await world.contact(contact)).lockedBy).toBeUndefined();
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(sent).toHaveLength(1);
  });

  it('from commands to records: the same', async () => {
    const world = await underWay(createScriptedCrm(BUSY).crm);
    const next = createRecords();
    world.tenant.crm = next.crm;
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-changed' });
    expect(next.diary).toEqual([]);
    await world.operate('e1', 'replay');
    await world.drain();
    expect(next.people()).toEqual({ s: { remark: 'new' } });
  });

  it('with a call at the old one that went unanswered: parked with its contacts, for an operator to settle', async () => {
    const old = createRecords();
    old.fail({ on: 'merge', when: 'before', error: new CrmError('ambiguous', 'silence') });
    const world = await underWay(old.crm);
    world.tenant.crm = createRecords('another').crm;
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-changed' });
    expect((await world.contact('s')).lockedBy).toBeDefined();
    await world.operate('e1', 'settle-not-done');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-changed' });
    expect((await world.contact('s')).lockedBy).toBeUndefined();
  });
});

describe('promise 6: another account of the same CRM in the settings while a plan is under way', () => {
  it('the record ids of a plan that is older than the settings are looked up before anything is merged', async () => {
    const old = createRecords();
    old.fail({ on: 'merge', when: 'before', error: BUSY });
    const world = await underWay(old.crm);
    const other = createModelCrm();
    for (const stranger of ['x', 'y']) other.model.seed(stranger, {});
    expect([...other.model.records.keys()]).toEqual(old.ids);
    world.tenant.crm = other.crm;
    world.tenant.settingsSince = world.clock.now + 1;
    await world.drain(MINUTE / 2);
    expect(await world.record('e1')).toMatchObject({
      state: 'parked',
      reason: 'survivor-record-lost-its-contact-id',
    });
    expect(other.people()).toEqual({ x: {}, y: {} });
  });
});

describe('settings that change while an event waits, before it has a plan', () => {
  it('are the ones it is planned by', async () => {
    const { crm, people } = createRecords();
    const world = createMergeWorld({ crm, mapping: MAPPING, policy: { mode: 'observe' } });
    await world.receive(TOLD);
    world.policy({ mode: 'live', omitFields: ['remark'] });
    await world.drain();
    expect(people()).toEqual({ s: {} });
  });
});

describe('promise 4: a plan whose records cannot be looked at again', () => {
  it('was tried before: the event keeps its contacts, and a replay asks the CRM first', async () => {
    const { crm, fail, ids, merged, diary } = createRecords();
    fail({ on: 'merge', when: 'before', error: BUSY });
    const world = await underWay(crm);
    world.clock.now += 2 * MINUTE;
    fail({ on: 'find', when: 'before', error: new CrmError('auth', 'refused') });
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-auth' });
    for (const contact of ['s', 'a']) expect((await world.contact(contact)).lockedBy).toBeDefined();
    // The call that was called busy takes effect after all.
    const [survivor = '', loser = ''] = ids;
    await crm.merge({ survivor, losers: [loser] });
    diary.length = 0;
    world.clock.now += 10 * MINUTE;
    await world.operate('e1', 'replay');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'applied' });
    expect([diary[0], merged()]).toEqual(['locate', ['a']]);
  });
});
