import type { Contacts } from '../../lib/ledger/contacts.ts';
import { resolveAll } from '../../lib/merge/plan/resolve-aliases.ts';
import { createScriptedCrm } from './crms.ts';
import { createMergeWorld, START } from './merge-world.ts';

describe('promise 8: who was merged into a contact', () => {
  async function merged(): Promise<Contacts> {
    const world = createMergeWorld({ crm: createScriptedCrm().crm });
    await world.tell({ id: 'e1', survivor: 'b', losers: ['a', 'x'] });
    await world.tell({ id: 'e2', survivor: 'c', losers: ['b'] });
    await world.tell({ id: 'e3', survivor: 'b', losers: ['late'] });
    return world.ours.contacts;
  }
  const ids = async (contacts: Contacts, survivor: string) =>
    (await contacts.losers(survivor, 10)).map(({ id }) => id).sort();

  it('is found downwards, under the survivor that the event named, with event and time', async () => {
    const contacts = await merged();
    expect(await ids(contacts, 'c')).toEqual(['b']);
    expect(await ids(contacts, 'b')).toEqual(['a', 'late', 'x']);
    const [{ at = 0 } = {}] = await contacts.losers('c', 1);
    expect(at).toBeGreaterThanOrEqual(START);
    expect((await contacts.read('b')).value).toEqual({
      ...{ mergedInto: 'c', mergedBy: 'e2', mergedAt: at },
      asSurvivor: { latestMerge: 'e1' },
    });
    expect((await contacts.read('late')).value).toMatchObject({ mergedInto: 'c', parent: 'b', mergedBy: 'e3' });
  });

  it('stays so where a look-up shortens the way, and where the contact is written again', async () => {
    const contacts = await merged();
    await resolveAll(contacts, ['a', 'x']);
    await contacts.update('x', (contact) => ({ ...contact, waiting: true }));
    expect(await ids(contacts, 'b')).toEqual(['a', 'late', 'x']);
    expect(await ids(contacts, 'c')).toEqual(['b']);
  });

  it('a contact of before, whose time was not kept, is found as well once it is written', async () => {
    const contacts = await merged();
    await contacts.write('old', { mergedInto: 'c', mergedBy: 'e0' }, 0);
    expect(await contacts.losers('c', 1)).toEqual([{ id: 'old', at: 0 }]);
  });
});
