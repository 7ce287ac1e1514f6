import { answerLink, askedContacts } from '../../lib/recovery/answer-link.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld, type Told } from './merge-world.ts';

const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' } };

function open(people: string[], policy: Parameters<typeof createMergeWorld>[0]['policy'] = { whenMissing: 'ask' }) {
  const crm = createModelCrm({});
  const world = createMergeWorld({ crm: crm.crm, mapping: { remark: 'remark' }, policy });
  const records = Object.fromEntries(people.map((id) => [id, crm.model.seed(id, {})]));
  const answer = async (contact: string, record?: string) => {
    const { ours: ledger, queue, clock } = world;
    const said = { contact, ...(record !== undefined && { record }) };
    const result = await answerLink('e1', said, { ledger, queue, now: () => clock.now, by: 'ada@ops' });
    await world.drain();
    return result;
  };
  return { ...crm, world, records, answer };
}

describe('promise 12: whenMissing is ask', () => {
  it('an event whose contacts the CRM does not all know is parked before anything is merged, and keeps their names', async () => {
    const { world, changes } = open(['s', 'a']);
    const record = await world.tell(TOLD);
    expect(record).toMatchObject({ state: 'parked', reason: 'unlinked', missing: ['b'] });
    expect(changes()).toEqual([]);
    expect((await world.contact('a')).mergedInto).toBeUndefined();
    expect((await world.contact('s')).lockedBy).toBeUndefined();
  });

  it('a CRM that merges by itself is not asked about: it says in its answer whom it does not know', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm, policy: { whenMissing: 'ask' } });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(sent).toHaveLength(1);
  });

  it('an event whose contacts are all known is not asked about', async () => {
    const { world, merged } = open(['s', 'a', 'b']);
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
  });

  it('once a contact is linked the event goes on, and says who linked it', async () => {
    const { world, model, answer, merged } = open(['s', 'a']);
    await world.tell(TOLD);
    const record = model.seed('b', {});
    expect(await answer('b', record)).toBe('queued');
    expect(await world.record('e1')).toMatchObject({
      state: 'applied',
      operatorActions: [{ by: 'ada@ops', action: 'replay', contact: 'b', record }],
    });
    expect((await world.record('e1')).missing).toBeUndefined();
    expect(merged()).toEqual(['a', 'b']);
  });

  it('a contact that has no record is asked after once; what is known is merged without it', async () => {
    const { world, answer, merged } = open(['s', 'a']);
    await world.tell(TOLD);
    expect(await answer('b')).toBe('queued');
    expect(await world.record('e1')).toMatchObject({ state: 'applied', withoutRecord: ['b'], missing: ['b'] });
    expect(merged()).toEqual(['a']);
  });

  it('of several unknown contacts each is answered for, and nothing is merged before', async () => {
    const { world, answer, merged, model } = open(['a']);
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', missing: ['s', 'b'] });
    await answer('s');
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'unlinked', missing: ['b'] });
    expect(merged()).toEqual([]);
    await answer('b', model.seed('b', {}));
    expect((await world.record('e1')).state).toBe('applied');
    expect(model.records.size).toBe(1);
  });

  it('where none has a record the event ends skipped, as it does without asking', async () => {
    const { world, answer } = open([]);
    await world.tell(TOLD);
    for (const contact of ['s', 'a', 'b']) await answer(contact);
    expect(await world.record('e1')).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm' });
  });

  it('an answer about a contact that is not asked after, or given twice, changes nothing', async () => {
    const { world, answer } = open(['s', 'a']);
    expect(await answer('b')).toBe('no-such-event');
    await world.tell(TOLD);
    expect(await answer('a')).toBe('not-possible');
    await answer('b');
    expect(await answer('b')).toBe('not-possible');
    expect(askedContacts((await world.record('e1')) as never)).toEqual([]);
  });

  it('observe mode asks nothing', async () => {
    const { world } = open(['s'], { whenMissing: 'ask', mode: 'observe' });
    expect(await world.tell(TOLD)).toMatchObject({ state: 'skipped', reason: 'observed' });
  });
});
