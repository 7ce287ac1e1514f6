import type { MergeEvent } from '../../lib/event.ts';
import type { Json } from '../../lib/json.ts';
import { checkIdentities } from '../../lib/merge/plan/check-identities.ts';
import { nextPart } from '../../lib/merge/plan/event-part.ts';
import { createModelCrm } from './crms.ts';
import { createMergeWorld, type Told } from './merge-world.ts';

const event = (survivorId: string, ...loserIds: string[]) =>
  ({ survivorId, loserIds, mergedContacts: [] as Json[] }) as unknown as MergeEvent;
const GONE = { survivorIsGone: true, namedSurvivor: 'a' };
const roots = (aliases: Record<string, string>) => new Map(Object.entries(aliases));

describe('promise 6: what an event means for the contacts as they are now', () => {
  it.each<[string, MergeEvent, Record<string, string>]>([
    ['names its survivor as a loser', event('a', 'a'), {}],
    ['names its survivor among the losers', event('a', 'b', 'a'), {}],
    ['names its survivor as a loser, though both were merged away by now', event('a', 'b', 'a'), { a: 'c', b: 'c' }],
  ])('a self-merge: it %s', (_what, told, aliases) => {
    expect(checkIdentities(nextPart(told, 0), roots(aliases))).toEqual({ conflict: 'self-merge' });
  });

  it.each<[string, MergeEvent, Record<string, string>]>([
    ['wants to merge into a loser of the contact that it calls loser', event('a', 'b'), { a: 'b' }],
    ['the same over several merges', event('a', 'x', 'b'), { a: 'b', x: 'b' }],
  ])('a cycle: it %s', (_what, told, aliases) => {
    expect(checkIdentities(nextPart(told, 0), roots(aliases))).toEqual({ conflict: 'cycle' });
  });

  it.each<[string, MergeEvent, Record<string, string>]>([
    ['a loser was merged into another contact', event('a', 'b'), { b: 'x' }],
    ['one of several losers was', event('a', 'b', 'c'), { c: 'x' }],
    ['a loser and the survivor went different ways', event('a', 'b'), { a: 'y', b: 'x' }],
  ])('a loser claimed twice: %s', (_what, told, aliases) => {
    expect(checkIdentities(nextPart(told, 0), roots(aliases))).toEqual({ conflict: 'loser-claimed-twice' });
  });

  it.each<[string, MergeEvent, Record<string, string>, object]>([
    ['none is known yet', event('a', 'b', 'c'), {}, { survivor: 'a', absorbed: ['b', 'c'], survivorIsGone: false }],
    ['all is done', event('a', 'b'), { b: 'a' }, { survivor: 'a', absorbed: [], survivorIsGone: false }],
    ['the survivor has gone', event('a', 'b'), { a: 'z' }, { survivor: 'z', absorbed: ['b'], ...GONE }],
    ['all have gone there', event('a', 'b'), { a: 'z', b: 'z' }, { survivor: 'z', absorbed: [], ...GONE }],
    [
      'a loser’s loser is named',
      event('a', 'b', 'c'),
      { c: 'b' },
      { survivor: 'a', absorbed: ['b'], survivorIsGone: false },
    ],
    ['no loser at all', event('a'), {}, { survivor: 'a', absorbed: [], survivorIsGone: false }],
  ])('no conflict: %s', (_what, told, aliases, identities) => {
    expect(checkIdentities(nextPart(told, 0), roots(aliases))).toEqual({ identities });
  });
});

describe('promise 6: a contradiction is parked, and nothing is destroyed', () => {
  const first: Told = { id: 'e1', survivor: 'b', losers: ['a'], changed: { remark: 'first' } };
  const impossible: [string, Told][] = [
    ['self-merge', { id: 'e2', survivor: 'b', losers: ['b'] }],
    ['self-merge', { id: 'e2', survivor: 'b', losers: ['c', 'b'] }],
    ['cycle', { id: 'e2', survivor: 'a', losers: ['b'] }],
    ['loser-claimed-twice', { id: 'e2', survivor: 'c', losers: ['a'] }],
    ['loser-claimed-twice', { id: 'e2', survivor: 'c', losers: ['d', 'a'] }],
  ];

  it.each(impossible)('%s: %o', async (reason, told) => {
    const { crm, model, people, diary } = createModelCrm();
    const world = createMergeWorld({ crm, mapping: { remark: 'remark' } });
    for (const contact of ['a', 'b', 'c', 'd']) model.seed(contact, {});
    await world.tell(first);
    const calls = diary.length;
    expect(await world.tell({ ...told, changed: { remark: 'second' } })).toMatchObject({ state: 'parked', reason });
    expect(diary).toHaveLength(calls);
    expect(people()).toEqual({ b: { remark: 'first' }, c: {}, d: {} });
    expect(await world.listed('parked')).toEqual(['e2']);
    expect(world.metrics()).toContain('parked');
  });

  it('whichever of two that exclude each other comes first is applied, and its contacts go on living', async () => {
    const { crm, model, people } = createModelCrm();
    const world = createMergeWorld({ crm });
    for (const contact of ['a', 'b', 'c', 'd']) model.seed(contact, {});
    await world.tell(first);
    await world.tell({ id: 'e2', survivor: 'c', losers: ['a'] });
    expect((await world.tell({ id: 'e3', survivor: 'd', losers: ['b'] })).state).toBe('applied');
    expect(Object.keys(people()).sort()).toEqual(['c', 'd']);
  });

  it('once the cause is gone an operator’s replay applies it', async () => {
    const { crm, model, merged } = createModelCrm();
    const world = createMergeWorld({ crm });
    for (const contact of ['a', 'b']) model.seed(contact, {});
    const twin = model.seed('b', {});
    expect(await world.tell(first)).toMatchObject({ state: 'parked', reason: 'two-records-for-one-contact' });
    model.records.delete(twin);
    expect(await world.operate('e1', 'replay')).toBe('queued');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a']);
  });
});
