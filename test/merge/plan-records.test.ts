import type { JsonObject } from '../../lib/json.ts';
import type { MergePolicy } from '../../lib/merge/policy.ts';
import type { PropertyValues, RecordWrite } from '../../lib/ports.ts';
import type { ModelRules } from '../simulation/model-record-crm.ts';
import { createModelCrm, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, type Told } from './merge-world.ts';

const MAPPING = { remark: 'remark', position: 'position' };
const IF_EMPTY = { remark: { to: 'remark', overwrite: 'if-empty' } };
const COLLECTING = { rules: { absorbedIdsProperty: true } };
const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' }, at: 100 };

interface Opening {
  rules?: Partial<ModelRules>;
  mapping?: JsonObject;
  policy?: Partial<MergePolicy>;
}

/** @returns also each call's own words: the properties a look-up asks for, what an update writes. */
function open(people: Record<string, PropertyValues>, { rules = {}, mapping = MAPPING, policy = {} }: Opening = {}) {
  const opened = createModelCrm({ rules });
  const { find, update } = opened.crm;
  const asked: string[][] = [];
  const updates: RecordWrite[] = [];
  opened.crm.find = (ids, properties) => {
    asked.push(properties);
    return find(ids, properties);
  };
  opened.crm.update = (id, write) => {
    updates.push(write);
    return update(id, write);
  };
  const world = createMergeWorld({ crm: opened.crm, mapping, policy });
  const ids = new Map(Object.entries(people).map(([id, values]) => [id, opened.model.seed(id, values)]));
  return { ...opened, world, ids, asked, updates };
}

describe('the look-up before a plan', () => {
  it('asks for every property that may be written, and for the ids absorbed before', async () => {
    const { world, asked } = open({ s: {}, a: {} }, COLLECTING);
    await world.tell(TOLD);
    expect(asked).toEqual([['remark', 'position', 'absorbed_ids']]);
  });

  it('asks for no more than that at a CRM that has no place for absorbed ids', async () => {
    const { world, asked } = open({ s: {}, a: {} });
    await world.tell(TOLD);
    expect(asked).toEqual([['remark', 'position']]);
  });

  it('that finds nothing leaves a plan without records', async () => {
    const { world } = open({});
    await world.tell(TOLD);
    expect(await world.plan('e1')).toMatchObject({ before: [], steps: [], restated: [], unknownInCrm: true });
  });

  it('that meets a defect fails its delivery: nothing is taken for an answer of the CRM', async () => {
    const { world, crm } = open({ s: {}, a: {} });
    crm.find = () => Promise.reject(new TypeError('a defect'));
    await world.receive(TOLD);
    await world.deliverNext();
    expect(world.failedDeliveries).toHaveLength(1);
    expect(await world.record('e1')).toMatchObject({ state: 'working' });
  });

  it('that finds one record for two losers merges it once, as the first of them', async () => {
    const { world, model, ids, merged, people } = open({ s: {}, a: {}, b: {} }, { rules: { oldContactIdFinds: true } });
    model.merge(ids.get('b') ?? '', [ids.get('a') ?? '']);
    model.effects.length = 0;
    expect((await world.tell({ ...TOLD, losers: ['b', 'a'] })).state).toBe('applied');
    expect(merged()).toEqual(['b']);
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect((await world.plan('e1'))?.steps[0]).toMatchObject({ kind: 'merge', contacts: ['b'] });
  });
});

describe('whenMissing: create', () => {
  const policy = { whenMissing: 'create' } as const;

  it('writes a field that is only for empty properties, and no list of absorbed ids', async () => {
    const { world, people } = open({}, { ...COLLECTING, policy, mapping: IF_EMPTY });
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(people()).toEqual({ s: { remark: 'new' } });
  });

  it('at a CRM that can create nothing: skipped, as if it were not wanted', async () => {
    const { world, crm, people } = open({}, { policy });
    delete crm.create;
    expect(await world.tell(TOLD)).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm' });
    expect(people()).toEqual({});
  });
});

describe('promise 4b: if-empty, with several losers', () => {
  it('a value of any loser that the merge brings comes before the event’s', async () => {
    const { world, people } = open({ s: {}, a: {}, b: { remark: 'b’s' } }, { mapping: IF_EMPTY });
    await world.tell(TOLD);
    expect(people()).toEqual({ s: { remark: 'b’s' } });
  });

  it('where no record has one, the event’s is written', async () => {
    const { world, people } = open({ s: {}, a: { remark: [] }, b: { remark: '' } }, { mapping: IF_EMPTY });
    await world.tell(TOLD);
    expect(people()).toEqual({ s: { remark: 'new' } });
  });

  it('a list with something in it is a value, an empty one is none', async () => {
    const { world, people } = open({ s: { remark: ['x'] }, a: {}, t: { remark: [] }, c: {} }, { mapping: IF_EMPTY });
    await world.tell({ ...TOLD, losers: ['a'] });
    await world.tell({ id: 'e2', survivor: 't', losers: ['c'], changed: { remark: 'new' } });
    expect(people()).toEqual({ s: { remark: ['x'] }, t: { remark: 'new' } });
  });

  it('a field that the event emptied is not written at all', async () => {
    const { world, people, updates } = open({ s: {}, a: {} }, { mapping: IF_EMPTY, rules: SALESFORCE_LIKE });
    await world.tell({ ...TOLD, losers: ['a'], changed: { remark: '' } });
    expect(people()).toEqual({ s: {} });
    expect(updates).toEqual([]);
  });
});

describe('promise 4b: at a CRM whose merge fills the blanks of some properties only', () => {
  const rules = { fillsBlanks: ['remark'] };
  const mapping = { ...IF_EMPTY, position: { to: 'position', overwrite: 'if-empty' } };

  it('if-empty: what the merge fills is left to it, what it does not fill is written', async () => {
    const { world, people } = open({ s: {}, a: { remark: 'a’s', position: 'a’s' } }, { mapping, rules });
    await world.tell({ ...TOLD, losers: ['a'], changed: { remark: 'new', position: 'new' } });
    expect(people()).toEqual({ s: { remark: 'a’s', position: 'new' } });
  });

  it('what an event emptied is emptied again where the merge fills it, and nowhere else', async () => {
    const { world, people, updates } = open({ s: {}, a: { remark: 'a’s', position: 'a’s' } }, { rules });
    await world.tell({ id: 'e0', survivor: 's', losers: ['b'], changed: { remark: '', position: '' }, at: 50 });
    updates.length = 0;
    await world.tell({ ...TOLD, losers: ['a'], changed: {} });
    expect([people(), updates]).toEqual([{ s: { remark: null, position: null } }, [{ values: { remark: null } }]]);
  });
});

describe('promise 4b: what an event emptied', () => {
  it('stays empty when one of several losers would fill it', async () => {
    const { world, people } = open({ s: { position: 's’s' }, a: {}, b: {}, c: { position: 'c’s' } });
    await world.tell({ ...TOLD, losers: ['a'], changed: { position: '' } });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b', 'c'], at: 200 });
    expect(people()).toEqual({ s: { position: null } });
  });
});

describe('an update', () => {
  it('of a record that keeps its contact id does not name it', async () => {
    const { world, updates } = open({ s: {}, a: {} });
    await world.tell({ ...TOLD, losers: ['a'] });
    expect(updates).toStrictEqual([{ values: { remark: 'new' } }]);
  });
});

describe('the list of absorbed ids', () => {
  const MAX = 60_000;
  /** Ids of so many characters together, separators included. */
  const idsOf = (characters: number) => `${'x'.repeat(8)};${'y'.repeat(characters - 9)}`;

  it('begins with the first merge, also where the CRM shows an empty text', async () => {
    const { world, people } = open({ s: { absorbed_ids: '' }, a: {} }, COLLECTING);
    await world.tell({ ...TOLD, losers: ['a'] });
    expect(people()).toMatchObject({ s: { absorbed_ids: 'a' } });
  });

  it('begins with the loser whose record became the survivor’s, also where no other is merged', async () => {
    const { world, people } = open({ a: {} }, COLLECTING);
    await world.tell({ ...TOLD, losers: ['a'], changed: {} });
    expect(people()).toEqual({ s: { absorbed_ids: 'a' } });
  });

  it('takes in the lists of the losers', async () => {
    const { world, people } = open({ s: {}, a: {}, b: {} }, COLLECTING);
    await world.tell({ id: 'e1', survivor: 'b', losers: ['a'] });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'] });
    expect(people()).toEqual({ s: { absorbed_ids: 'a;b' } });
  });

  it('is not touched by an event that brings no record', async () => {
    const { world, people, updates } = open({ s: {} }, COLLECTING);
    await world.tell(TOLD);
    expect(people()).toEqual({ s: { remark: 'new' } });
    expect(updates).toHaveLength(1);
  });

  it('holds as much as the CRM’s property takes', async () => {
    const full = idsOf(MAX - 2);
    const { world, people } = open({ s: { absorbed_ids: full }, a: {} }, COLLECTING);
    await world.tell({ ...TOLD, losers: ['a'] });
    expect(people()).toMatchObject({ s: { absorbed_ids: `${full};a` } });
  });

  it('loses its oldest ids when it grows beyond that, and never the new ones', async () => {
    const [oldest = '', other = ''] = idsOf(MAX - 1).split(';');
    const { world, people } = open({ s: { absorbed_ids: `${oldest};${other}` }, a: {} }, COLLECTING);
    await world.tell({ ...TOLD, losers: ['a'] });
    expect(people()).toMatchObject({ s: { absorbed_ids: `${other};a` } });
  });
});
