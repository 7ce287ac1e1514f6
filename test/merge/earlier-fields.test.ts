import type { Field } from '../../lib/event.ts';
import { advanceClocks, chooseFields } from '../../lib/merge/plan/choose-fields.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { DEFAULT_POLICY } from './default-policy.ts';
import { createMergeWorld, custom, DAY, type Told } from './merge-world.ts';

const MAPPING = { remark: 'remark', position: 'position', address: 'address', 'customFields.c1': 'c1' };
const EXPIRED = 91 * DAY;

function openRecords(fields: 'changed' | 'snapshot' = 'changed') {
  const opened = createModelCrm();
  return { ...opened, world: createMergeWorld({ crm: opened.crm, mapping: MAPPING, policy: { fields } }) };
}

describe('promise 4b: what earlier events said of a survivor, once the CRM has a record for it', () => {
  const unknown: Told = { id: 'e1', survivor: 's', losers: ['a'], at: 100 };

  it('is written from what the survivor was before, too, where the tenant wants snapshots', async () => {
    const { world, model, people } = openRecords('snapshot');
    await world.tell({ ...unknown, changed: { remark: 'new' }, old: { remark: 'old', position: 'old' } });
    model.seed('b', {});
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(people()).toEqual({ s: { remark: 'new', position: 'old' } });
  });

  it('is left alone once its event has expired, but for what it emptied', async () => {
    const { world, model, people } = openRecords();
    await world.tell({ ...unknown, changed: { remark: 'new', position: '' } });
    world.clock.now += EXPIRED;
    model.seed('b', { remark: 'b’s', position: 'b’s' });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(people()).toEqual({ s: { remark: 'b’s', position: null } });
  });

  it('is emptied even where the record has a value, which no merge brought', async () => {
    const { world, model, people } = openRecords();
    await world.tell({ ...unknown, changed: { position: '' } });
    for (const contact of ['s', 'b']) model.seed(contact, { position: `${contact}’s` });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(people()).toEqual({ s: { position: null } });
  });

  it('gives way to what the event itself says, and each is written once', async () => {
    const { world, model } = openRecords();
    await world.tell({ ...unknown, changed: { remark: 'one', position: 'one' } });
    model.seed('b', {});
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], changed: { remark: 'two' }, at: 200 });
    expect((await world.plan('e2'))?.restated).toEqual(['position']);
  });
});

describe('promise 4b: what a person has changed in the CRM since', () => {
  it('is not undone: a value that was emptied by hand does not come back with the next merge', async () => {
    const { world, model, people } = openRecords();
    for (const contact of ['s', 'a', 'b']) model.seed(contact, contact === 'b' ? { remark: 'b’s' } : {});
    await world.tell({ id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'one' }, at: 100 });
    for (const record of model.records.values()) if (record.contactId === 's') record.values.remark = '';
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(people()).toEqual({ s: { remark: 'b’s' } });
  });

  it('stays, where an event brings no record that could fill a blank', async () => {
    const { world, model, people } = openRecords();
    for (const contact of ['s', 'a']) model.seed(contact, {});
    await world.tell({ id: 'e1', survivor: 's', losers: ['a'], changed: { position: '' }, at: 100 });
    for (const record of model.records.values()) if (record.contactId === 's') record.values.position = 'by hand';
    await world.tell({ id: 'e2', survivor: 's', losers: ['x'], changed: { remark: 'r' }, at: 200 });
    expect(people()).toEqual({ s: { remark: 'r', position: 'by hand' } });
    expect((await world.plan('e2'))?.restated).toEqual([]);
  });
});

describe('promise 4b: what a command says again of earlier events', () => {
  const first: Told = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'one', position: '' }, at: 100 };

  it('what they emptied, where losers might fill it; not what the CRM has already', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    await world.tell(first);
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], changed: { address: 'two' }, at: 200 });
    expect(sent[1]?.command.changed).toEqual({ position: '', address: 'two' });
  });

  it('nothing, where no contact is merged', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    await world.tell(first);
    await world.tell({ id: 'e2', survivor: 's', losers: ['a'], changed: { address: 'two' }, at: 200 });
    expect(sent[1]?.command).toMatchObject({ loserIds: [], changed: { address: 'two' } });
    expect(Object.keys(sent[1]?.command.changed ?? {})).toEqual(['address']);
  });

  it('what the CRM did not know, until it has been said', async () => {
    const { crm, sent } = createScriptedCrm({ outcome: 'unknown-contacts' });
    const world = createMergeWorld({ crm });
    await world.tell({ ...first, changed: { remark: 'one' } });
    for (const [id, loser] of ['b', 'c'].entries())
      await world.tell({ id: `later-${id}`, survivor: 's', losers: [loser], at: 200 + id });
    expect(sent.map(({ command }) => command.changed)).toEqual([{ remark: 'one' }, { remark: 'one' }, {}]);
  });

  it('not what the tenant has left out since then', async () => {
    const { crm, sent } = createScriptedCrm({ outcome: 'unknown-contacts' });
    const world = createMergeWorld({ crm });
    await world.tell({ ...first, changed: { remark: 'one', address: 'one' } });
    world.policy({ omitFields: ['remark'] });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(sent[1]?.command.changed).toEqual({ address: 'one' });
  });

  it('once their event has expired only that a field was emptied, a custom one too', async () => {
    const { crm, sent } = createScriptedCrm({ outcome: 'unknown-contacts' });
    const world = createMergeWorld({ crm });
    const customFields = [custom('c1', '')];
    await world.tell({ ...first, changed: { remark: 'one', position: '', customFields } });
    world.clock.now += EXPIRED;
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(sent[1]?.command.changed).toEqual({ position: '', customFields });
  });
});

describe('the fields of an event', () => {
  const field = (key: string): Field => ({ key, value: 'v', cleared: false, wire: 'v' });
  const here = { survivor: 's', absorbed: [], survivorIsGone: false };
  const event = {
    ...{ eventId: 'e5', survivorId: 's', loserIds: [], mergedContacts: [], triggeredAt: 5 },
    ...{ account: '', operatorId: '', origin: '' },
  };

  it('are each decided once, also where a snapshot names them as they were and as they are', () => {
    const told = { ...event, changed: [field('remark')], old: [field('remark'), field('address')] };
    const { decisions } = chooseFields(told, here, {}, { ...DEFAULT_POLICY, fields: 'snapshot' });
    expect(decisions.map(({ key }) => key)).toEqual(['address', 'remark']);
  });

  it('get no clock by being said again: only an event’s own word sets one', () => {
    expect(advanceClocks({}, event, { fields: [], restated: ['remark'], written: true })).toEqual({});
  });
});
