import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld } from './merge-world.ts';

const MAPPING = { remark: 'remark', position: 'position' };
const TOLD = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new', position: '' }, at: 100 };

function openRecords() {
  const model = createModelCrm();
  const world = createMergeWorld({ crm: model.crm, policy: { mode: 'observe' }, mapping: MAPPING });
  for (const contact of ['s', 'a', 'b']) model.model.seed(contact, { position: `${contact}’s` });
  return { ...model, world };
}

describe('promise 9: observe mode', () => {
  it('makes the whole plan and stores it, and changes nothing in the CRM', async () => {
    const { world, changes, diary, people } = openRecords();
    const before = people();
    expect(await world.tell(TOLD)).toMatchObject({ state: 'skipped', reason: 'observed', plan: 1 });
    expect(changes()).toEqual([]);
    expect(diary).toEqual(['find']);
    expect(people()).toEqual(before);
    expect(await world.plan('e1')).toMatchObject({
      identities: { survivor: 's', absorbed: ['a', 'b'] },
      decisions: [
        { key: 'remark', decision: 'write' },
        { key: 'position', decision: 'write' },
      ],
      steps: [
        { kind: 'merge', contacts: ['a'] },
        { kind: 'merge', contacts: ['b'] },
        { kind: 'update', write: { values: { remark: 'new', position: null } } },
      ],
      before: [{ contactId: 's' }, { contactId: 'a' }, { contactId: 'b' }],
    });
  });

  it('sends a command-style CRM nothing', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm, policy: { mode: 'observe' } });
    await world.tell(TOLD);
    expect(sent).toEqual([]);
    expect((await world.plan('e1'))?.steps).toMatchObject([{ kind: 'command', command: { survivorId: 's' } }]);
  });

  it('learns nothing: no alias, no clock, no hold', async () => {
    const { world } = openRecords();
    await world.tell(TOLD);
    for (const contact of ['s', 'a', 'b']) expect(await world.contact(contact)).toEqual({});
    expect((await world.record('e1')).progress).toBeUndefined();
  });

  it('finds the doubts that live would', async () => {
    const { world, model } = openRecords();
    model.seed('a', {});
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'two-records-for-one-contact' });
  });

  it('switched to live, a replay applies what was observed, by a plan of its own', async () => {
    const { world, people, merged } = openRecords();
    await world.tell(TOLD);
    world.policy({ mode: 'live' });
    expect(await world.operate('e1', 'replay')).toBe('queued');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'applied', plan: 2 });
    expect(people()).toEqual({ s: { remark: 'new', position: null } });
    expect(merged()).toEqual(['a', 'b']);
    expect([(await world.plan('e1', 1))?.number, (await world.plan('e1', 2))?.number]).toEqual([1, 2]);
  });

  it('what was observed before it went live is replayed in any order, and converges', async () => {
    const { world, people } = openRecords();
    await world.tell({ ...TOLD, id: 'e1', losers: ['a'] });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], changed: { remark: 'newer' }, at: 200 });
    world.policy({ mode: 'live' });
    for (const id of ['e2', 'e1']) await world.operate(id, 'replay');
    await world.drain();
    expect(people()).toEqual({ s: { remark: 'newer', position: null } });
  });

  it('a replay of what is done changes nothing', async () => {
    const { world, changes, people } = openRecords();
    world.policy({ mode: 'live' });
    await world.tell({ ...TOLD, changed: {} });
    const [calls, before] = [changes().length, people()];
    expect(await world.operate('e1', 'replay')).toBe('queued');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'applied', plan: 2 });
    expect([changes().length, people()]).toEqual([calls, before]);
  });
});
