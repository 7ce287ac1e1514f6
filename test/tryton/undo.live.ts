import { createTrytonCrm } from '../../lib/crm/tryton/tryton.ts';
import { askUndo } from '../../lib/undo/ask-undo.ts';
import { prepareUndo } from '../../lib/undo/prepare-undo.ts';
import { createMergeWorld } from '../merge/merge-world.ts';
import { access, makeCategories, openPart } from './live.ts';

beforeAll(makeCategories);

async function mergedWorld() {
  const part = openPart();
  const crm = createTrytonCrm({ ...access(), identifierPrefix: part.prefix, journal: { properties: ['other'] } });
  const world = createMergeWorld({ crm, mapping: { remark: 'name' } });
  const ada = await part.seed('ada', { name: 'Ada', other: 'of ada' });
  const bob = await part.seed('bob', { name: 'Bob', other: 'of bob' });
  await world.tell({ id: 'e1', survivor: 'ada', losers: ['bob'], changed: { remark: 'Ada and Bob' }, at: 100 });
  const party = async (recordId: string) => (await part.parties()).find((one) => one.recordId === recordId);
  const propose = async () => {
    const record = await world.record('e1');
    return prepareUndo(world.ours, record, world.tenant, { by: 'lin', now: world.clock.now });
  };
  return { world, party, propose, ada, bob };
}

describe('a merge in Tryton is taken back', () => {
  it('the loser is itself again, the survivor’s name is as it was, and the ledger knows', async () => {
    const { world, party, propose, ada, bob } = await mergedWorld();
    expect(await party(bob)).toMatchObject({ active: false, replacedBy: ada });
    const proposal = await propose();
    if ('refused' in proposal) throw new Error(proposal.refused);
    expect(proposal.contacts.map(({ contactId, comesBackAs }) => [contactId, comesBackAs])).toEqual([
      ['ada', undefined],
      ['bob', 'itself'],
    ]);
    const deps = { ledger: world.ours, queue: world.queue, now: () => world.clock.now, by: 'lin' };
    expect(await askUndo(proposal, deps)).toBe('queued');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({
      state: 'applied',
      reason: 'undone',
      undone: { returned: { bob } },
    });
    expect(await party(bob)).toMatchObject({ active: true, replacedBy: undefined, name: 'Bob' });
    expect(await party(ada)).toMatchObject({ active: true, name: 'Ada' });
    expect(await propose()).toEqual({ refused: 'already-undone' });
  });

  it('what was changed since stays, and the plan says so before', async () => {
    const { world, party, propose, ada } = await mergedWorld();
    const { crm } = world.tenant;
    if (crm.style !== 'record') throw new Error('Tryton keeps records');
    await crm.update(ada, { values: { name: 'by hand' } });
    const proposal = await propose();
    if ('refused' in proposal) throw new Error(proposal.refused);
    expect(proposal.contacts[0]?.fields).toContainEqual(expect.objectContaining({ property: 'name', outcome: 'kept' }));
    await askUndo(proposal, { ledger: world.ours, queue: world.queue, now: () => world.clock.now, by: 'lin' });
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ reason: 'undone' });
    expect(await party(ada)).toMatchObject({ name: 'by hand' });
  });
});
