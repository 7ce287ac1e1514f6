import { StoreError } from '../../lib/errors.ts';
import { operate } from '../../lib/recovery/operator-actions.ts';
import { createScriptedCrm } from '../merge/crms.ts';
import { createMergeWorld, MINUTE, START } from '../merge/merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };

describe('promise 8: an operator’s action', () => {
  it('is kept with the event: who, when, what, and all of them', async () => {
    const { crm } = createScriptedCrm(
      { outcome: 'contradiction', code: 'locked' },
      { outcome: 'contradiction', code: 'locked' },
    );
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    world.clock.now = START + MINUTE;
    await world.operate('e1', 'replay', 'ada@ops');
    await world.drain();
    world.clock.now = START + 2 * MINUTE;
    await world.operate('e1', 'replay', 'eve@ops');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({
      state: 'applied',
      plan: 3,
      operatorActions: [
        { at: START + MINUTE, by: 'ada@ops', action: 'replay' },
        { at: START + 2 * MINUTE, by: 'eve@ops', action: 'replay' },
      ],
    });
  });

  it.each(['replay', 'release', 'settle-done', 'settle-not-done'] as const)(
    '%s is refused for an event that is done, and leaves no trace',
    async (action) => {
      const { crm, sent } = createScriptedCrm();
      const world = createMergeWorld({ crm });
      const before = await world.tell(TOLD);
      expect(await world.operate('e1', action)).toBe('not-possible');
      expect(await world.record('e1')).toEqual(before);
      expect(world.messages).toEqual([]);
      expect(sent).toHaveLength(1);
    },
  );

  it('settles nothing where no call is open', async () => {
    const { crm } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    for (const action of ['settle-done', 'settle-not-done', 'release'] as const)
      expect(await world.operate('e1', action)).toBe('not-possible');
  });

  it('on an unknown event says so', async () => {
    const world = createMergeWorld({ crm: createScriptedCrm().crm });
    expect(await world.operate('nobody', 'replay')).toBe('no-such-event');
  });

  it('promise 7: is not lost when the queue fails: the event stands in the open list', async () => {
    const { crm } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    const queue = { send: () => Promise.reject(new StoreError('down')) };
    const deps = { ledger: world.ours, queue, now: () => world.clock.now, by: 'ada@ops' };
    await expect(operate('e1', 'replay', deps)).rejects.toThrow(StoreError);
    expect(await world.record('e1')).toMatchObject({ state: 'queued', operatorActions: [{ by: 'ada@ops' }] });
    expect(await world.listed('open')).toEqual(['e1']);
  });

  it('promise 5: of two operators at once one is heard', async () => {
    const { crm, sent } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    const answers = await Promise.all([world.operate('e1', 'replay', 'ada'), world.operate('e1', 'replay', 'eve')]);
    expect(answers.sort()).toEqual(['not-possible', 'queued']);
    await world.drain();
    expect(sent).toHaveLength(2);
    expect((await world.record('e1')).operatorActions).toHaveLength(1);
  });
});
