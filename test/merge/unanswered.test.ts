import { CrmError } from '../../lib/errors.ts';
import { comparePlaces } from '../../lib/merge/execute/compare-places.ts';
import { createModelCrm, createScriptedCrm, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, DAY, HOUR, MINUTE } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' } };
const silent = () => new CrmError('ambiguous', 'injected');
const inProcess = () => new CrmError('retry-soon', 'injected', { code: 'MERGE_IN_PROCESS' });

/** A CRM whose merges are answered too late: each takes effect in `parts`, seconds after it was sent. */
function openSlowCrm(parts: { losers: number[]; after: number }[], rules = SALESFORCE_LIKE) {
  const model = createModelCrm({ rules });
  for (const contact of ['s', 'a', 'b']) model.model.seed(contact, {});
  const pending: { at: number; effect: () => void }[] = [];
  const world = createMergeWorld({ crm: model.crm, mapping: { remark: 'remark' } });
  const arrive = () => {
    for (const one of pending.filter(({ at }) => at <= world.clock.now)) {
      pending.splice(pending.indexOf(one), 1);
      one.effect();
    }
  };
  const { locate, find, merge } = model.crm;
  const sent: string[][] = [];
  model.crm.locate = (ids) => {
    arrive();
    return locate(ids);
  };
  model.crm.find = (ids, properties) => {
    arrive();
    return find(ids, properties);
  };
  model.crm.merge = (order) => {
    arrive();
    sent.push(order.losers);
    if (pending.length > 0) return Promise.reject(inProcess());
    if (sent.length > 1) return merge(order);
    for (const { losers, after } of parts)
      pending.push({
        at: world.clock.now + after * 1_000,
        effect: () =>
          void model.model.merge(
            order.survivor,
            losers.map((index) => order.losers[index] ?? ''),
          ),
      });
    return Promise.reject(silent());
  };
  return { world, model, sent };
}

describe('a merge whose answer is late', () => {
  it('promise 5: takes effect after the time-out: asked after, not sent again, applied', async () => {
    const { world, model, sent } = openSlowCrm([{ losers: [0, 1], after: 40 }]);
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(sent).toHaveLength(1);
    expect(model.merged()).toEqual(['a', 'b']);
    expect(
      (await world.journal('e1')).filter(({ call, outcome }) => call === 'probe' && outcome === 'apart').length,
    ).toBeGreaterThan(1);
  });

  it('is looked at in the middle: one loser merged, the other not yet: waits, then applied', async () => {
    const { world, sent } = openSlowCrm([
      { losers: [0], after: 0 },
      { losers: [1], after: 16 },
    ]);
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(sent).toHaveLength(1);
  });

  it('never takes effect: sent again once it has settled, not before', async () => {
    const { world, model, sent } = openSlowCrm([]);
    await world.receive(TOLD);
    await world.drain(world.timing.settleMs - MINUTE);
    expect(sent).toHaveLength(1);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-ambiguous:not-settled' });
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(model.merged()).toEqual(['a', 'b']);
  });

  it('promise 5: done in part for good: only the loser that is left is sent', async () => {
    const { world, model, sent } = openSlowCrm([{ losers: [1], after: 5 }]);
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(sent.map((losers) => losers.length)).toEqual([2, 1]);
    expect(model.merged()).toEqual(['b', 'a']);
    expect(model.people()).toEqual({ s: { remark: 'new' } });
  });

  it('keeps its contacts meanwhile: a later event about them waits', async () => {
    const { world } = openSlowCrm([{ losers: [0, 1], after: 100 }]);
    await world.receive(TOLD);
    await world.drain(MINUTE);
    await world.receive({ id: 'e2', survivor: 't', losers: ['s'], at: 200 });
    await world.drain(20_000);
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
  });

  it('a creation without an answer is not made twice while the first may still come', async () => {
    const model = createModelCrm();
    const world = createMergeWorld({ crm: model.crm, policy: { whenMissing: 'create' } });
    model.fail({ on: 'create', when: 'before', error: silent() });
    await world.receive(TOLD);
    await world.drain(world.timing.settleMs - MINUTE);
    expect(model.changes()).toEqual(['create']);
    await world.drain();
    expect(model.changes()).toEqual(['create', 'create']);
    expect((await world.record('e1')).state).toBe('applied');
  });
});

describe('promise 9: observe mode comes while a call is unanswered', () => {
  it.each(['command', 'record'] as const)('nothing that may write is sent to a CRM of %ss', async (style) => {
    const { crm, sent } = createScriptedCrm(silent());
    const model = createModelCrm();
    for (const contact of ['s', 'a', 'b']) model.model.seed(contact, {});
    model.fail({ on: 'merge', when: 'before', error: silent() });
    const world = createMergeWorld({ crm: style === 'command' ? crm : model.crm });
    await world.receive(TOLD);
    await world.deliverNext();
    world.policy({ mode: 'observe' });
    const calls = sent.length + model.diary.length;
    await world.drain(DAY);
    expect(sent.length + model.diary.length).toBe(calls);
    expect(await world.record('e1')).toMatchObject({
      state: 'parked',
      reason: 'observe-mode',
      progress: { sent: true },
    });
    expect((await world.contact('s')).lockedBy).toMatchObject({ event: 'e1' });
    world.policy({ mode: 'live' });
    await world.operate('e1', 'replay');
    await world.drain(HOUR);
    expect((await world.record('e1')).state).toBe('applied');
  });
});

describe('the places of a merge’s records', () => {
  const at = (recordId: string) => ({ recordId });

  it.each([
    ['both losers where the survivor is', { s: at('s'), a: at('s'), b: at('s') }, { word: 'merged', home: 's' }],
    ['all under a new id', { s: at('n'), a: at('n'), b: at('n') }, { word: 'merged', home: 'n' }],
    ['losers that are no more', { s: at('s'), a: 'gone', b: 'gone' }, { word: 'merged', home: 's' }],
    ['everything as it was', { s: at('s'), a: at('a'), b: at('b') }, { word: 'apart' }],
    ['one of two merged', { s: at('s'), a: at('s'), b: at('b') }, { word: 'partly', home: 's', left: ['b'] }],
    ['one of two gone', { s: at('s'), a: at('a'), b: 'gone' }, { word: 'partly', home: 's', left: ['a'] }],
    ['a loser in a third record', { s: at('s'), a: at('x'), b: at('b') }, { word: 'doubtful' }],
    ['a loser in a third record, the other merged', { s: at('s'), a: at('x'), b: at('s') }, { word: 'doubtful' }],
    [
      'the survivor in another record, the losers where they were',
      { s: at('x'), a: at('a'), b: at('b') },
      { word: 'doubtful' },
    ],
    ['the survivor gone', { s: 'gone', a: at('a'), b: at('b') }, { word: 'doubtful' }],
    ['all of them gone', { s: 'gone', a: 'gone', b: 'gone' }, { word: 'doubtful' }],
    ['nothing of the survivor', { a: at('a'), b: at('b') }, { word: 'doubtful' }],
    ['nothing of a loser', { s: at('s'), b: at('s') }, { word: 'doubtful' }],
  ] as const)('%s', (_title, places, seen) => {
    expect(comparePlaces('s', ['a', 'b'], new Map(Object.entries(places)))).toEqual(seen);
  });
});
