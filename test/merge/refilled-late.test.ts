import { CrmError } from '../../lib/errors.ts';
import type { ModelRules } from '../simulation/model-record-crm.ts';
import { createModelCrm, HUBSPOT_LIKE } from './crms.ts';
import { createMergeWorld, HOUR, START } from './merge-world.ts';

const AUTH = new CrmError('auth', 'no', { code: '401' });
const BUSY = new CrmError('retry-soon', 'a merge is in process', { code: 'MERGE_IN_PROCESS' });

/** A merge of `a` into `s` that took effect after its event was parked: the CRM fills `s` with what `a` had. */
async function mergedLate(rules: Partial<ModelRules> = {}) {
  const clock = { now: START };
  const { crm, model, fail, people } = createModelCrm({
    clock,
    rules: { ...HUBSPOT_LIKE, newIdAfterMerge: false, ...rules },
  });
  const world = createMergeWorld({ crm, clock, mapping: { remark: 'remark', position: 'position' } });
  model.seed('s', { remark: 'old', position: '' });
  model.seed('a', { remark: 'a’s', position: 'a’s' });
  model.seed('x', {});
  await world.tell({ id: 'e1', survivor: 's', losers: ['x'], changed: { remark: '' }, at: 100 });
  fail({ on: 'merge', when: 'before', error: BUSY }, { on: 'merge', when: 'before', error: AUTH });
  expect(await world.tell({ id: 'e2', survivor: 's', losers: ['a'], at: 50 })).toMatchObject({
    reason: 'crm-auth:401',
  });
  const idOf = (contact: string) => [...model.records].find(([, { contactId }]) => contactId === contact)?.[0] ?? '';
  model.merge(idOf('s'), [idOf('a')]);
  const replay = async () => {
    clock.now += HOUR;
    await world.operate('e2', 'replay');
    await world.drain();
    return world.record('e2');
  };
  return { world, model, people, idOf, replay, fail };
}

describe('a merge that took effect after its event was parked', () => {
  it.each([
    ['is found no more by its id', false],
    ['is found by its old id', true],
  ])(
    'and brought back what was emptied: a replay empties it again, where the loser %s',
    async (_, oldContactIdFinds) => {
      const { people, replay } = await mergedLate({ oldContactIdFinds });
      expect(people().s).toMatchObject({ remark: 'a’s', position: 'a’s' });
      expect(await replay()).toMatchObject({ state: 'applied' });
      expect(people().s).toMatchObject({ remark: null, position: 'a’s' });
    },
  );

  it('a value that a person has written since stays', async () => {
    const { people, replay, model, idOf } = await mergedLate();
    model.update(idOf('s'), { values: { remark: 'by hand' } });
    await replay();
    expect(people().s).toMatchObject({ remark: 'by hand' });
  });

  it('also where the replay was refused once more', async () => {
    const { people, replay, fail } = await mergedLate();
    fail({ on: 'update', when: 'before', error: AUTH });
    expect(await replay()).toMatchObject({ state: 'parked' });
    expect(await replay()).toMatchObject({ state: 'applied' });
    expect(people().s).toMatchObject({ remark: null });
  });
});
