import type { MergedAway, RecordCrm, RecordUndo } from '../../lib/ports.ts';
import { expectCrmError, type OpenWorld, type RecordCrmWorld } from './record-crm-world.ts';

export function undoContract(open: OpenWorld): void {
  describe('undo, where the CRM can', () => {
    it('brings a merged-away record back under its contact id, with its values; a repeat makes no second one', async () => {
      const { undo, ...world } = await mergedWorld(open);
      if (!undo) return;
      const { crm, records, properties, loser, before } = world;
      const back = await undo.bringBack(loser).catch(expectCrmError);
      if (back instanceof Error) return expectUntouched(world, back); // Its id still leads to the survivor there.
      if (undo.comesBackAs === 'itself') expect(back.recordId).toBe(loser.recordId);
      await expectBack(crm, loser, back.recordId);
      const own = (await records()).find(({ contactId }) => contactId === 'loser');
      expect(own).toMatchObject({ recordId: back.recordId, values: { [properties.text]: 'loser’s' } });
      expectCrmError(await undo.bringBack(loser).catch((error: unknown) => error));
      expect(await records()).toHaveLength(before.length + 1);
      await expectBack(crm, loser, back.recordId);
    });

    it('names the properties that may be written, and not the contact’s id', async () => {
      const { undo, properties } = await mergedWorld(open);
      if (!undo) return;
      const named = await undo.writable([properties.text, properties.note, 'no_such_property']);
      expect(named).toEqual([properties.text, properties.note]);
      expect(undo.cannot.length).toBeGreaterThan(0);
      for (const { en, zh } of undo.cannot)
        expect([en, zh]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/。$/)]);
    });
  });
}

type Merged = RecordCrmWorld & {
  undo?: RecordUndo;
  loser: MergedAway;
  /** The records after the merge. */
  before: Awaited<ReturnType<RecordCrmWorld['records']>>;
};

async function mergedWorld(open: OpenWorld): Promise<Merged> {
  const world = await open();
  const { crm, seed, properties } = world;
  const survivor = await seed('survivor', { [properties.text]: 'survivor’s' });
  const values = { [properties.text]: 'loser’s' };
  const recordId = await seed('loser', values);
  await crm.merge({ survivor, losers: [recordId] });
  const loser = { contactId: 'loser', recordId, values };
  return { ...world, ...(crm.undo && { undo: crm.undo }), loser, before: await world.records() };
}

async function expectBack(crm: RecordCrm, { contactId }: MergedAway, recordId: string): Promise<void> {
  const found = await crm.find([contactId], []);
  expect(found.map(({ record }) => [record.recordId, record.contactId])).toEqual([[recordId, contactId]]);
}

async function expectUntouched({ records, before }: Merged, { kind }: { kind: string }): Promise<void> {
  expect(kind).toBe('permanent');
  expect(await records()).toEqual(before);
}
