import type { Field, MergeEvent } from '../../lib/event.ts';
import { advanceClocks, chooseFields } from '../../lib/merge/plan/choose-fields.ts';
import type { MergePolicy } from '../../lib/merge/policy.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { DEFAULT_POLICY } from './default-policy.ts';
import { createMergeWorld, custom, type Told } from './merge-world.ts';

const field = (key: string, value = 'new'): Field => ({ key, value, cleared: value === '', wire: value });
const HERE = { survivor: 's', absorbed: [], survivorIsGone: false };
const clock = (at: number, eventId: string) => ({ at, eventId, cleared: false, written: true });

function decisionsOf(event: Partial<MergeEvent>, clocks = {}, policy: Partial<MergePolicy> = {}) {
  const full = { eventId: 'e5', triggeredAt: 5, changed: [], old: [], ...event } as MergeEvent;
  const { decisions } = chooseFields(full, HERE, clocks, { ...DEFAULT_POLICY, ...policy });
  return Object.fromEntries(decisions.map(({ key, decision }) => [key, decision]));
}

describe('promise 4b: which of an event’s fields are written', () => {
  const changed = [field('remark')];

  it.each<[string, number, string, string]>([
    ['an older event decided it', 4, 'e9', 'write'],
    ['a newer event decided it', 6, 'e1', 'older'],
    ['one in the same moment with a smaller id decided it', 5, 'e4', 'write'],
    ['one in the same moment with a greater id decided it', 5, 'e6', 'older'],
    ['the event itself decided it', 5, 'e5', 'write'],
  ])('when %s', (_what, at, eventId, decision) => {
    expect(decisionsOf({ changed }, { remark: clock(at, eventId) })).toEqual({ remark: decision });
  });

  it('when no event decided it, whatever its name', () => {
    const names = ['remark', 'customFields.c1', 'constructor', '__proto__', 'toString'];
    const decisions = decisionsOf({ changed: names.map((name) => field(name)) });
    expect(Object.entries(decisions)).toEqual(names.map((name) => [name, 'write']));
  });

  it('each field goes by its own clock', () => {
    const clocks = { remark: clock(9, 'e9') };
    expect(decisionsOf({ changed: [field('remark'), field('address')] }, clocks)).toEqual({
      remark: 'older',
      address: 'write',
    });
  });

  it('fields that the tenant leaves out are left out, custom ones too', () => {
    const fields = [field('idCard'), field('customFields.c1'), field('remark')];
    expect(decisionsOf({ changed: fields }, {}, { omitFields: ['idCard', 'customFields.c1'] })).toEqual({
      idCard: 'omitted',
      'customFields.c1': 'omitted',
      remark: 'write',
    });
  });

  it('`none` writes nothing, and its events govern nothing', () => {
    expect(decisionsOf({ changed }, {}, { fields: 'none' })).toEqual({ remark: 'switched-off' });
  });

  it('`snapshot` takes all that is known of the survivor, the change over what it was', () => {
    const event = { changed: [field('remark', 'now')], old: [field('remark', 'then'), field('address', 'there')] };
    const full = { eventId: 'e5', triggeredAt: 5, ...event } as MergeEvent;
    const chosen = chooseFields(full, HERE, {}, { ...DEFAULT_POLICY, fields: 'snapshot' });
    expect(Object.fromEntries(chosen.fields.map(({ key, value }) => [key, value]))).toEqual({
      remark: 'now',
      address: 'there',
    });
    expect(decisionsOf(event)).toEqual({ remark: 'write' });
  });

  it('an event that wrote moves the clocks of what it wrote, and of nothing else', () => {
    const clocks = { remark: clock(1, 'e1'), address: { ...clock(2, 'e2'), written: false } };
    const event = { eventId: 'e5', triggeredAt: 5 };
    const fields = [{ key: 'remark', cleared: true }];
    expect(advanceClocks(clocks, event, { fields, restated: ['address'], written: true })).toEqual({
      remark: { at: 5, eventId: 'e5', cleared: true, written: true },
      address: { ...clock(2, 'e2'), written: true },
    });
    expect(advanceClocks(clocks, event, { fields: [], restated: ['address'], written: false })).toEqual(clocks);
  });
});

const EVENTS: Told[] = [
  { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'one', position: 'one' }, at: 100 },
  { id: 'e2', survivor: 's', losers: ['b'], changed: { remark: 'two', customFields: [custom('c1', 'two')] }, at: 200 },
  { id: 'e3', survivor: 's', losers: ['c'], changed: { position: '', address: 'three' }, at: 200 },
];
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];
const MAPPING = { remark: 'remark', position: 'position', address: 'address', 'customFields.c1': 'c1' };

describe('promise 4b: whatever order events come in, the latest decides each field', () => {
  it.each(ORDERS)('record-style: %i %i %i', async (...order) => {
    const { crm, model, people } = createModelCrm();
    const world = createMergeWorld({ crm, mapping: MAPPING });
    for (const contact of ['s', 'a', 'b', 'c']) model.seed(contact, { position: `${contact}’s`, untouched: contact });
    for (const index of order) await world.tell(EVENTS[index] as Told);
    expect(people()).toEqual({ s: { remark: 'two', position: null, address: 'three', c1: 'two', untouched: 's' } });
  });

  it.each(ORDERS)('command-style: %i %i %i', async (...order) => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    for (const index of order) await world.tell(EVENTS[index] as Told);
    const final = Object.assign({}, ...sent.map(({ command }) => command.changed));
    expect(final).toEqual({
      remark: 'two',
      position: '',
      address: 'three',
      customFields: [{ id: 'c1', type: 'text', value: '"two"' }],
    });
  });

  it('a repeat under another id, later, does not bring its values back', async () => {
    const { crm, model, people } = createModelCrm();
    const world = createMergeWorld({ crm, mapping: MAPPING });
    for (const contact of ['s', 'a', 'b']) model.seed(contact, {});
    await world.tell(EVENTS[0] as Told);
    await world.tell(EVENTS[1] as Told);
    await world.tell({ ...(EVENTS[0] as Told), id: 'e1-again' });
    expect(people().s).toMatchObject({ remark: 'two' });
  });

  it('custom fields are said to the command by id with their own JSON text', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    const customFields = [{ id: 'f1', type: 'checkbox', value: '["x","y"]' }, custom('f2', '')];
    await world.tell({ id: 'e1', survivor: 's', losers: ['a'], changed: { customFields, remark: 'r' } });
    expect(sent[0]?.command.changed).toEqual({ remark: 'r', customFields });
  });
});

describe('promise 4b: a field that could not be written is not forgotten', () => {
  it('is written with the event that first meets a record, in every order', async () => {
    const { crm, model, people } = createModelCrm();
    const world = createMergeWorld({ crm, mapping: MAPPING });
    const early = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'one', position: '' }, at: 100 };
    expect(await world.tell(early)).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm' });
    model.seed('b', { position: 'b’s' });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], changed: { address: 'two' }, at: 200 });
    expect(people()).toEqual({ s: { remark: 'one', position: null, address: 'two' } });
    expect((await world.plan('e2'))?.restated.sort()).toEqual(['position', 'remark']);
  });

  it('an unwritten field gives way to an older record’s newer word', async () => {
    const { crm, model, people } = createModelCrm();
    const world = createMergeWorld({ crm, mapping: MAPPING });
    await world.tell({ id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'one' }, at: 100 });
    model.seed('b', {});
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], changed: { remark: 'two' }, at: 200 });
    expect(people()).toEqual({ s: { remark: 'two' } });
  });

  it('a field left out since then does not leave with it', async () => {
    const { crm, model, people } = createModelCrm();
    const world = createMergeWorld({ crm, mapping: MAPPING });
    await world.tell({ id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'one', position: 'p' }, at: 100 });
    model.seed('b', {});
    world.policy({ omitFields: ['remark'] });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(people()).toEqual({ s: { position: 'p' } });
  });
});
