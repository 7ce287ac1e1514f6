import { CrmError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { MergePolicy } from '../../lib/merge/policy.ts';
import type { PropertyValues } from '../../lib/ports.ts';
import type { ModelRules } from '../simulation/model-record-crm.ts';
import { createModelCrm, type ModelCrm, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, type Told } from './merge-world.ts';

const MAPPING = { remark: 'remark', position: 'position', address: 'address' };
const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' }, at: 100 };

interface Opening {
  rules?: Partial<ModelRules>;
  mapping?: JsonObject;
  policy?: Partial<MergePolicy>;
}

function open(people: Record<string, PropertyValues>, { rules = {}, mapping = MAPPING, policy = {} }: Opening = {}) {
  const crm = createModelCrm({ rules });
  const world = createMergeWorld({ crm: crm.crm, mapping, policy });
  const ids = new Map(Object.entries(people).map(([id, values]) => [id, crm.model.seed(id, values)]));
  return { ...crm, world, ids };
}

describe('promise 4a: all of an event’s contacts that the CRM knows become one record', () => {
  it('in pairs, with a look-up before and one update after', async () => {
    const { world, people, diary } = open({ s: {}, a: {}, b: {}, stranger: { remark: 'mine' } });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(people()).toEqual({ stranger: { remark: 'mine' }, s: { remark: 'new' } });
    expect(diary).toEqual(['find', 'merge', 'merge', 'update']);
  });

  it('as many at a time as a merge takes, with the values in the last one', async () => {
    const losers = Array.from({ length: 5 }, (_, index) => `l${index}`);
    const contacts = Object.fromEntries(['s', ...losers].map((id) => [id, {}]));
    const { world, people, diary } = open(contacts, { rules: SALESFORCE_LIKE });
    await world.tell({ ...TOLD, losers });
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect(diary).toEqual(['find', 'merge', 'merge', 'merge']);
  });

  it('an adopted record gets the survivor’s contact id after the merge, in a call of its own', async () => {
    const { world, people, diary } = open({ a: {}, b: {} }, { rules: SALESFORCE_LIKE });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect(diary).toEqual(['find', 'merge', 'update']);
    const steps = (await world.plan('e1'))?.steps.map((step) => ('write' in step ? step.write : undefined));
    expect(steps).toEqual([{ values: { remark: 'new' } }, { contactId: 's', values: {} }]);
  });

  it('an adopted record without new values gets nothing but the contact id', async () => {
    const { world, people, diary } = open({ a: { remark: 'a’s' }, b: {} }, { rules: SALESFORCE_LIKE });
    await world.tell({ ...TOLD, changed: {} });
    expect(people()).toEqual({ s: { remark: 'a’s' } });
    expect(diary).toEqual(['find', 'merge', 'update']);
  });

  it('into the record that the survivor has after each merge, whatever its id by then', async () => {
    const { world, ids, model } = open({ s: {}, a: {}, b: {} });
    await world.tell(TOLD);
    const [recordId] = [...model.records.keys()];
    expect(recordId).not.toBe(ids.get('s'));
    expect((await world.contact('s')).recordId).toBe(recordId);
  });

  it('fields that nothing changed are left to the CRM’s own rule', async () => {
    const { world, people } = open({
      s: { position: '' },
      a: { position: 'a’s', address: 'a’s' },
      b: { position: 'b’s' },
    });
    await world.tell(TOLD);
    expect(people()).toEqual({ s: { remark: 'new', position: 'a’s', address: 'a’s' } });
  });
});

describe('who is missing in the CRM', () => {
  it('a loser: becomes an alias, and the rest is done', async () => {
    const { world, people, merged } = open({ s: {}, b: {} });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(merged()).toEqual(['b']);
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect((await world.contact('a')).mergedInto).toBe('s');
  });

  it('all losers: only the fields are written', async () => {
    const { world, people, diary } = open({ s: {} });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect(diary).toEqual(['find', 'update']);
  });

  it('the survivor: the first loser’s record becomes it, under its id, and takes in the others', async () => {
    const { world, people, merged, diary } = open({ a: { remark: 'a’s', position: 'a’s' }, b: {} });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(merged()).toEqual(['b']);
    expect(people()).toEqual({ s: { remark: 'new', position: 'a’s' } });
    expect(diary).toEqual(['find', 'merge', 'update']);
  });

  it('the survivor, with no other to merge: the record only changes its contact id', async () => {
    const { world, people, diary } = open({ a: {} }, { rules: SALESFORCE_LIKE });
    await world.tell({ ...TOLD, losers: ['a'], changed: {} });
    expect(people()).toEqual({ s: {} });
    expect(diary).toEqual(['find', 'update']);
  });

  it('all of them: skipped, with aliases, and no record is made', async () => {
    const { world, people, diary } = open({});
    expect(await world.tell(TOLD)).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm' });
    expect(people()).toEqual({});
    expect(diary).toEqual(['find']);
    expect((await world.contact('a')).mergedInto).toBe('s');
  });

  it('all of them, where the tenant wants them created: one record with what is known', async () => {
    const { world, people, diary } = open({}, { policy: { whenMissing: 'create' } });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect(diary).toEqual(['find', 'create']);
    await world.tell({ id: 'e2', survivor: 't', losers: ['s'], changed: { position: 'p' }, at: 200 });
    expect(people()).toEqual({ t: { remark: 'new', position: 'p' } });
  });

  describe('where the CRM refuses the creation', () => {
    const refused = new CrmError('permanent', 'model: the id is taken', { code: 'CONFLICT' });
    const openRefusing = (meanwhile: (model: ModelCrm['model']) => void) => {
      const opened = open({}, { policy: { whenMissing: 'create' } });
      opened.crm.create = async () => {
        meanwhile(opened.model);
        throw refused;
      };
      return opened;
    };

    it('because another record got the id meanwhile: that record is the contact’s', async () => {
      const { world, people } = openRefusing((model) => void model.seed('s', { position: 'p' }));
      expect((await world.tell(TOLD)).state).toBe('applied');
      expect(people()).toEqual({ s: { remark: 'new', position: 'p' } });
    });

    it('and two records have the id by now: parked, nothing touched, until one is gone', async () => {
      const twins: string[] = [];
      const { world, model, people } = openRefusing((model) => twins.push(model.seed('s', {}), model.seed('s', {})));
      expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'two-records-for-one-contact' });
      expect(await world.contact('s')).toEqual({});
      model.records.delete(twins[0] ?? '');
      await world.operate('e1', 'replay');
      await world.drain();
      expect(people()).toEqual({ s: { remark: 'new' } });
    });

    it('and cannot say at once whether another record got the id: it is asked again, nothing is sent again', async () => {
      let created = 0;
      const { world, fail, people } = openRefusing((model) => {
        created += 1;
        model.seed('s', { position: 'p' });
        fail({ on: 'find', when: 'before', error: new CrmError('retry-soon', 'busy') });
      });
      expect((await world.tell(TOLD)).state).toBe('applied');
      expect(people()).toEqual({ s: { remark: 'new', position: 'p' } });
      expect(created).toBe(1);
    });

    it('for now: it is sent again, without a look at who has the id', async () => {
      const { world, fail, diary } = open({}, { policy: { whenMissing: 'create' } });
      fail({ on: 'create', when: 'before', error: new CrmError('retry-soon', 'busy') });
      expect((await world.tell(TOLD)).state).toBe('applied');
      expect(diary).toEqual(['find', 'create', 'create']);
    });

    it('for another reason: parked with it, and nothing is left open', async () => {
      const { world, people } = openRefusing(() => undefined);
      expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:CONFLICT' });
      expect([people(), await world.contact('s')]).toEqual([{}, {}]);
    });
  });

  it('the survivor of an event whose survivor is gone: its successor’s record is the one that counts', async () => {
    const { world, people, merged } = open({ a: {}, c: {} });
    await world.tell({ id: 'e2', survivor: 'c', losers: ['s'], at: 200 });
    await world.tell({ ...TOLD, losers: ['a'] });
    expect(people()).toEqual({ c: {} });
    expect(merged()).toEqual(['a']);
  });
});

describe('promise 6: a look-up that leaves doubt', () => {
  it.each(['s', 'a'])('two records for the contact %s: parked, nothing touched, until one is gone', async (twin) => {
    const { world, model, people, changes } = open({ s: {}, a: {}, b: {} });
    const second = model.seed(twin, {});
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'two-records-for-one-contact' });
    expect(changes()).toEqual([]);
    for (const contact of ['s', 'a', 'b']) expect(await world.contact(contact)).toEqual({});
    model.records.delete(second);
    await world.operate('e1', 'replay');
    await world.drain();
    expect(people()).toEqual({ s: { remark: 'new' } });
  });

  it('a contact that leads to another contact’s record: parked', async () => {
    const { world, model, ids, changes } = open({ s: {}, a: {}, x: {} }, { rules: { oldContactIdFinds: true } });
    model.merge(ids.get('x') ?? '', [ids.get('a') ?? '']);
    expect(await world.tell({ ...TOLD, losers: ['a'] })).toMatchObject({
      state: 'parked',
      reason: 'record-of-another-contact',
    });
    expect(changes()).toEqual([]);
  });

  it('one contact that leads to another contact’s record, beside one that leads to its own: parked', async () => {
    const rules = { oldContactIdFinds: true };
    const { world, model, changes } = open({}, { rules });
    await world.tell({ id: 'e0', survivor: 'a', losers: ['y'], changed: {}, at: 1 });
    for (const [into, from] of [
      ['y', 'a'],
      ['x', 'b'],
    ] as const)
      model.merge(model.seed(into, {}), [model.seed(from, {})]);
    model.seed('s', {});
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'record-of-another-contact' });
    expect(changes()).toEqual([]);
  });

  it('a contact that leads to a record without any contact’s id: parked', async () => {
    const { world, model, ids, changes } = open({ s: {}, a: {} }, { rules: { oldContactIdFinds: true } });
    model.merge(model.seed(undefined, {}), [ids.get('a') ?? '']);
    expect(await world.tell({ ...TOLD, losers: ['a'] })).toMatchObject({ reason: 'record-of-another-contact' });
    expect(changes()).toEqual([]);
  });

  it('records that carry the ids they were asked for cost no further look into the ledger', async () => {
    const readsFor = async (contacts: string[]) => {
      const { world } = open(Object.fromEntries(contacts.map((contact) => [contact, {}])));
      expect((await world.tell(TOLD)).state).toMatch(/applied|skipped/);
      return world.reads.ledger.get('contact');
    };
    expect(await readsFor(['s', 'a', 'b'])).toBe(await readsFor([]));
  });

  it('an old id that leads to the record of a contact that the ledger knows as merged into it is no doubt', async () => {
    const { world, model, people } = open({}, { rules: { oldContactIdFinds: true } });
    await world.tell({ id: 'e0', survivor: 'a', losers: ['x'], changed: {}, at: 1 });
    const [own, other] = [model.seed('a', {}), model.seed('x', {})];
    model.merge(other, [own]);
    expect(await world.tell({ ...TOLD, losers: ['a'] })).toMatchObject({ state: 'applied' });
    expect(people()).toEqual({ s: { remark: 'new' } });
  });

  it('the survivor’s own id that leads to the loser’s record: that record gets the survivor’s id', async () => {
    const { world, model, ids, people } = open({ s: {}, a: {} }, { rules: { oldContactIdFinds: true } });
    model.merge(ids.get('a') ?? '', [ids.get('s') ?? '']);
    expect((await world.tell({ ...TOLD, losers: ['a'] })).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new' } });
  });

  it('an old id that leads to the survivor itself is no doubt', async () => {
    const { world, model, ids, people, changes } = open({ s: {}, a: {} }, { rules: { oldContactIdFinds: true } });
    model.merge(ids.get('s') ?? '', [ids.get('a') ?? '']);
    expect((await world.tell({ ...TOLD, losers: ['a'] })).state).toBe('applied');
    expect(changes()).toEqual(['update']);
    expect(people()).toEqual({ s: { remark: 'new' } });
  });
});

describe('promise 6: what was done by hand in the CRM', () => {
  /** After a first event the ledger remembers s’s record. */
  async function afterwards(rules: Partial<ModelRules> = {}) {
    const opened = open({ s: {}, a: {}, b: {}, x: {} }, { rules });
    await opened.world.tell({ ...TOLD, losers: ['a'] });
    const recordOf = (contact: string) =>
      [...opened.model.records].find(([, { contactId }]) => contactId === contact)?.[0] ?? '';
    return { ...opened, recordOf };
  }
  const next: Told = { id: 'e2', survivor: 's', losers: ['b'], changed: { remark: 'newer' }, at: 200 };

  it('the survivor merged into a stranger: parked', async () => {
    const { world, model, people, recordOf } = await afterwards();
    model.merge(recordOf('x'), [recordOf('s')]);
    const before = people();
    expect(await world.tell(next)).toMatchObject({ state: 'parked', reason: 'survivor-merged-away-in-crm' });
    expect(people()).toEqual(before);
  });

  it('the loser, once a survivor, merged into a stranger: parked', async () => {
    const { world, model, people, recordOf } = await afterwards();
    model.merge(recordOf('x'), [recordOf('s')]);
    const before = people();
    const event = { id: 'e3', survivor: 'b', losers: ['s'], at: 300 };
    expect(await world.tell(event)).toMatchObject({ state: 'parked', reason: 'loser-merged-away-in-crm' });
    expect(people()).toEqual(before);
  });

  it('loser and survivor merged just as the event wants it: nothing left but the fields', async () => {
    const { world, model, people, recordOf } = await afterwards();
    model.merge(recordOf('s'), [recordOf('b')]);
    expect((await world.tell(next)).state).toBe('applied');
    expect(people()).toEqual({ x: {}, s: { remark: 'newer' } });
  });

  it('the survivor merged into its loser, the other way round: that record becomes the survivor’s', async () => {
    const { world, model, people, recordOf } = await afterwards();
    model.merge(recordOf('b'), [recordOf('s')]);
    expect((await world.tell(next)).state).toBe('applied');
    expect(people()).toEqual({ x: {}, s: { remark: 'newer' } });
  });

  it('the survivor’s record without its contact id: parked, for it would be taken for missing', async () => {
    const { world, model, people, recordOf } = await afterwards();
    const record = model.records.get(recordOf('s'));
    if (record) record.contactId = undefined;
    const before = people();
    expect(await world.tell(next)).toMatchObject({ state: 'parked', reason: 'survivor-record-lost-its-contact-id' });
    expect(people()).toEqual(before);
  });

  it('the survivor deleted: its loser’s record takes its place, with all that events said of the survivor', async () => {
    const { world, model, people, recordOf } = await afterwards();
    model.records.delete(recordOf('s'));
    await world.tell({ ...next, changed: { position: 'p' } });
    expect(people()).toEqual({ x: {}, s: { remark: 'new', position: 'p' } });
  });

  it('once it is mended, a replay goes on', async () => {
    const { world, model, people, recordOf } = await afterwards();
    const record = model.records.get(recordOf('s'));
    if (record) record.contactId = undefined;
    await world.tell(next);
    if (record) record.contactId = 's';
    await world.operate('e2', 'replay');
    await world.drain();
    expect(people()).toEqual({ x: {}, s: { remark: 'newer' } });
  });
});

describe('promise 4b: which values reach the record', () => {
  const IF_EMPTY = { remark: { to: 'remark', overwrite: 'if-empty' }, position: 'position' };

  it('if-empty: only where the record has nothing', async () => {
    const { world, people } = open({ s: { remark: 'ours' }, a: {}, t: {}, b: {} }, { mapping: IF_EMPTY });
    await world.tell({ ...TOLD, losers: ['a'] });
    await world.tell({ id: 'e2', survivor: 't', losers: ['b'], changed: { remark: 'theirs' } });
    expect(people()).toEqual({ s: { remark: 'ours' }, t: { remark: 'theirs' } });
  });

  it('if-empty: a value that the merge itself brings comes before', async () => {
    const { world, people } = open({ s: {}, a: { remark: 'a’s' } }, { mapping: IF_EMPTY });
    await world.tell({ ...TOLD, losers: ['a'] });
    expect(people()).toEqual({ s: { remark: 'a’s' } });
  });

  it('if-empty: nothing is ever cleared', async () => {
    const { world, people } = open({ s: { remark: 'ours' }, a: {} }, { mapping: IF_EMPTY });
    await world.tell({ ...TOLD, losers: ['a'], changed: { remark: '' } });
    expect(people()).toEqual({ s: { remark: 'ours' } });
  });

  it('what an event cleared stays clear when the merge fills blanks', async () => {
    const { world, people } = open({ s: { position: 's’s' }, a: { position: 'a’s' } });
    await world.tell({ ...TOLD, losers: ['a'], changed: { position: '' } });
    expect(people()).toEqual({ s: { position: null } });
  });

  it('what an earlier event cleared stays clear when a later merge fills blanks', async () => {
    const { world, people, diary } = open({ s: { position: 's’s' }, a: {}, b: { position: 'b’s' }, c: {} });
    await world.tell({ ...TOLD, losers: ['a'], changed: { position: '' } });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(people()).toMatchObject({ s: { position: null } });
    diary.length = 0;
    await world.tell({ id: 'e3', survivor: 's', losers: ['c'], at: 300 });
    expect(diary).toEqual(['find', 'merge']); // Nothing came back, so nothing is written.
  });

  it('what a person wrote there since is not cleared again', async () => {
    const { world, model, people } = open({ s: { position: 's’s' }, a: {}, b: { position: 'b’s' } });
    await world.tell({ ...TOLD, losers: ['a'], changed: { position: '' } });
    for (const record of model.records.values()) if (record.contactId === 's') record.values.position = 'by hand';
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(people()).toMatchObject({ s: { position: 'by hand' } });
  });

  it('an adopted record gets everything earlier events said of the survivor', async () => {
    const { world, people } = open({ b: { position: 'b’s', remark: 'b’s', address: 'b’s' } });
    await world.tell({ ...TOLD, losers: ['a'], changed: { remark: 'one', position: '' } });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(people()).toEqual({ s: { remark: 'one', position: null, address: 'b’s' } });
  });

  it('the losers’ ids are collected where the CRM has a place for them, over several events', async () => {
    const contacts = { s: {}, a: {}, b: {}, c: {} };
    const { world, people } = open(contacts, { rules: { absorbedIdsProperty: true } });
    await world.tell(TOLD);
    await world.tell({ id: 'e2', survivor: 't', losers: ['s', 'c'], at: 200 });
    expect(people()).toEqual({ t: { remark: 'new', absorbed_ids: 'a;b;s;c' } });
  });

  it('a value that cannot be converted is left alone, and the plan says which and why, not what', async () => {
    const { world, people } = open({ s: {}, a: {} }, { mapping: { ...MAPPING, age: { to: 'age', as: 'number' } } });
    await world.tell({ ...TOLD, losers: ['a'], changed: { remark: 'new', age: 'Zhang' } });
    expect(people()).toEqual({ s: { remark: 'new' } });
    const plan = await world.plan('e1');
    expect(plan?.problems.map(({ key }) => key)).toEqual(['age']);
    expect(JSON.stringify(plan?.problems)).not.toContain('Zhang');
  });
});
