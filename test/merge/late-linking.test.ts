import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld } from './merge-world.ts';

const MAPPING = { remark: 'remark' };
const B_INTO_A = { id: 'e1', survivor: 'A', losers: ['B'], changed: { remark: 'of e1' }, at: 100 };
const C_INTO_A = { id: 'e2', survivor: 'A', losers: ['C'], changed: {}, at: 200 };

function open(policy = {}) {
  const model = createModelCrm();
  return { ...model, world: createMergeWorld({ crm: model.crm, mapping: MAPPING, policy }) };
}

async function replay({ world }: ReturnType<typeof open>, id: string) {
  expect(await world.operate(id, 'replay')).toBe('queued');
  await world.drain();
  return world.record(id);
}

describe('promise 4d: contacts that the CRM learns of later', () => {
  it('B→A comes while no contact is known, the ids are filled, C→A is applied, then B→A is replayed: one record', async () => {
    const opened = open();
    const { world, model, people } = opened;
    expect(await world.tell(B_INTO_A)).toMatchObject({ state: 'skipped', missing: ['A', 'B'], unknown: 'all' });
    expect(await world.listed('unlinked')).toEqual(['e1']);
    for (const contact of ['A', 'B', 'C']) model.seed(contact, { remark: `${contact}’s` });
    expect(await world.tell(C_INTO_A)).toMatchObject({ state: 'applied' });
    const record = await replay(opened, 'e1');
    expect(record).toMatchObject({ state: 'applied' });
    expect(record).not.toHaveProperty('missing');
    expect(people()).toEqual({ A: { remark: 'of e1' } });
    expect(await world.listed('unlinked')).toEqual([]);
  });

  it('an event whose loser alone is unknown is applied, keeps its name, and is caught up with', async () => {
    const opened = open();
    const { world, model, people, merged } = opened;
    model.seed('A', {});
    expect(await world.tell(B_INTO_A)).toMatchObject({ state: 'applied', missing: ['B'], unknown: 'some' });
    expect(await world.listed('unlinked')).toEqual(['e1']);
    model.seed('B', {});
    expect(await replay(opened, 'e1')).not.toHaveProperty('missing');
    expect([Object.keys(people()), merged()]).toEqual([['A'], ['B']]);
  });

  it('a chain that was skipped link by link is one record, in whatever order its events are replayed', async () => {
    for (const order of [
      ['e1', 'e2'],
      ['e2', 'e1'],
    ]) {
      const opened = open();
      const { world, model, people } = opened;
      await world.tell(B_INTO_A);
      await world.tell({ id: 'e2', survivor: 'D', losers: ['A'], changed: { remark: 'of e2' }, at: 300 });
      for (const contact of ['A', 'B', 'D']) model.seed(contact, {});
      for (const id of order) await replay(opened, id);
      expect(people()).toEqual({ D: { remark: 'of e2' } });
    }
  });

  it('a replay while nothing is linked yet leaves the event in its list', async () => {
    const opened = open();
    await opened.world.tell(B_INTO_A);
    expect(await replay(opened, 'e1')).toMatchObject({ state: 'skipped', missing: ['A', 'B'] });
    expect(await opened.world.listed('unlinked')).toEqual(['e1']);
  });

  it('a survivor that was given a loser’s record is not missing', async () => {
    const opened = open();
    opened.model.seed('B', {});
    expect(await opened.world.tell(B_INTO_A)).not.toHaveProperty('missing');
    expect(Object.keys(opened.people())).toEqual(['A']);
  });

  it('a record that is linked after its contact was merged away is merged by a replay of that event', async () => {
    const opened = open();
    const { world, model, people } = opened;
    model.seed('B', {});
    await world.tell(B_INTO_A);
    model.seed('B', {});
    expect(await replay(opened, 'e1')).toMatchObject({ state: 'applied' });
    expect(Object.keys(people())).toEqual(['A']);
  });

  it('promise 9: contacts that are merged late count against the limits', async () => {
    const opened = open({ limits: { mergesPerHour: 1, mergesPerSurvivorPerDay: 500 } });
    const { world, model } = opened;
    await world.tell(B_INTO_A);
    for (const contact of ['A', 'B']) model.seed(contact, {});
    expect(await replay(opened, 'e1')).toMatchObject({ state: 'held' });
  });

  it('observe mode says of each plan whether all of its contacts are known, some or none', async () => {
    const { world, model } = open({ mode: 'observe' });
    model.seed('A', {});
    model.seed('C', {});
    expect(await world.tell(B_INTO_A)).toMatchObject({ reason: 'observed', missing: ['B'], unknown: 'some' });
    expect(await world.tell(C_INTO_A)).not.toHaveProperty('missing');
    expect(await world.tell({ id: 'e3', survivor: 'X', losers: ['Y'], at: 300 })).toMatchObject({ unknown: 'all' });
    expect(await world.listed('observed')).toEqual(['e1', 'e2', 'e3']);
  });

  it('a loser that was missing when it was only observed is merged once when it goes live', async () => {
    const opened = open({ mode: 'observe' });
    const { world, model, merged } = opened;
    model.seed('A', {});
    await world.tell(B_INTO_A);
    model.seed('B', {});
    world.policy({ mode: 'live' });
    expect(await replay(opened, 'e1')).toMatchObject({ state: 'applied', plan: 2 });
    expect((await world.plan('e1', 2))?.identities.absorbed).toEqual(['B']);
    expect(merged()).toEqual(['B']);
  });

  it('a CRM that merges by itself and knows none of them gets the same contacts again', async () => {
    const { crm, sent } = createScriptedCrm({ outcome: 'unknown-contacts' }, { outcome: 'done' });
    const world = createMergeWorld({ crm });
    await world.tell(B_INTO_A);
    await world.operate('e1', 'replay');
    await world.drain();
    expect(sent.map(({ command: { survivorId, loserIds } }) => [survivorId, loserIds])).toEqual([
      ['A', ['B']],
      ['A', ['B']],
    ]);
  });
});
