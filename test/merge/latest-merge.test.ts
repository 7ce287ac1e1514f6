import { CrmError } from '../../lib/errors.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };
const LATER = { id: 'e2', survivor: 's', losers: ['b'], at: 200 };

describe('the event that merged contacts into one last', () => {
  it('is kept with the survivor, and only there', async () => {
    const world = createMergeWorld({ crm: createScriptedCrm().crm });
    await world.tell(TOLD);
    await world.tell(LATER);
    expect(await world.contact('s')).toMatchObject({ latestMerge: 'e2' });
    for (const loser of ['a', 'b']) expect(await world.contact(loser)).not.toHaveProperty('latestMerge');
  });

  it('stays, where a later event about it has nothing left to merge', async () => {
    const world = createMergeWorld({ crm: createScriptedCrm().crm });
    await world.tell(TOLD);
    await world.tell({ ...TOLD, id: 'e2', changed: { remark: 'new' } });
    expect(await world.contact('s')).toMatchObject({ latestMerge: 'e1' });
  });

  it('is that of a plan given up half-way, where it merged one of them; and not where it merged none', async () => {
    for (const after of [0, 1]) {
      const { crm, model, fail } = createModelCrm();
      for (const contact of ['s', 'a', 'b']) model.seed(contact, {});
      fail({ on: 'merge', when: 'before', error: new CrmError('permanent', 'refused', { code: 'NO' }), after });
      const world = createMergeWorld({ crm });
      expect(await world.tell({ ...TOLD, losers: ['a', 'b'] })).toMatchObject({ state: 'parked' });
      const contact = await world.contact('s');
      expect(contact.lockedBy).toBeUndefined();
      expect(contact.latestMerge).toBe(after === 0 ? undefined : 'e1');
      expect('latestMerge' in contact).toBe(after === 1);
    }
  });
});
