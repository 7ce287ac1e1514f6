import { expectCrmError, type OpenWorld, type RecordCrmWorld } from './record-crm-world.ts';

export function writeContract(open: OpenWorld): void {
  describe('update', () => {
    it('sets what it is told and leaves all other values and records alone', async () => {
      const world = await open();
      const { crm, seed, properties } = world;
      const ada = await seed('ada', { [properties.text]: 'before', [properties.note]: 'stays' });
      await seed('bob', { [properties.text]: 'bob’s' });
      await crm.update(ada, { values: { [properties.text]: 'after; 之后 <&> "\'' } });
      expect(await valuesOf(world, 'ada')).toMatchObject({
        [properties.text]: 'after; 之后 <&> "\'',
        [properties.note]: 'stays',
      });
      expect((await valuesOf(world, 'bob'))[properties.text]).toBe('bob’s');
    });

    it('clears with null', async () => {
      const world = await open();
      const { crm, seed, properties } = world;
      const ada = await seed('ada', { [properties.text]: 'stays', [properties.note]: 'goes' });
      await crm.update(ada, { values: { [properties.note]: null } });
      const values = await valuesOf(world, 'ada');
      expect([values[properties.text], values[properties.note] ?? '']).toEqual(['stays', '']);
    });

    it('writes a list as a multi-select, and replaces it as a whole', async () => {
      const world = await open();
      const { crm, seed, properties } = world;
      const colours = properties.colours;
      if (colours === undefined) return expect(properties).not.toHaveProperty('colours');
      const ada = await seed('ada', { [colours]: ['red'] });
      await crm.update(ada, { values: { [colours]: ['green', 'blue'] } });
      expect([...((await valuesOf(world, 'ada'))[colours] ?? [])].sort()).toEqual(['blue', 'green']);
      await crm.update(ada, { values: { [colours]: [] } });
      expect((await valuesOf(world, 'ada'))[colours] ?? []).toHaveLength(0);
    });

    it('may be repeated', async () => {
      const world = await open();
      const { crm, seed, properties } = world;
      const ada = await seed('ada', { [properties.note]: 'goes' });
      const write = { values: { [properties.text]: 'same', [properties.note]: null } };
      await crm.update(ada, write);
      await crm.update(ada, write);
      expect((await valuesOf(world, 'ada'))[properties.text]).toBe('same');
    });

    it('gives the record another contact id when told to, and find sees it at once', async () => {
      const { crm, seed } = await open();
      const record = await seed('loser', {});
      await crm.update(record, { contactId: 'survivor', values: {} });
      expect((await crm.find(['survivor'], [])).map((one) => one.record.recordId)).toEqual([record]);
      expect(await crm.find(['loser'], [])).toEqual([]);
    });

    it('works on the record id that a merge returned', async () => {
      const world = await open();
      const { crm, seed, properties } = world;
      const [ada, bob] = [await seed('ada', {}), await seed('bob', {})];
      const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
      await crm.update(survivor, { values: { [properties.text]: 'after the merge' } });
      expect((await valuesOf(world, 'ada'))[properties.text]).toBe('after the merge');
    });
  });

  describe('create', () => {
    it('makes a record that find sees at once, or the adapter says that it cannot', async () => {
      const { crm, properties } = await open();
      if (!crm.create) return expect(crm.create).toBeUndefined();
      const { recordId } = await crm.create({ contactId: 'new', values: { [properties.text]: 'made' } });
      const found = await crm.find(['new'], [properties.text]);
      expect(found.map(({ record }) => record.recordId)).toEqual([recordId]);
      expect(found[0]?.record.values[properties.text]).toBe('made');
    });

    it('for a contact that is there already, is refused or leaves two that find reports', async () => {
      const { crm, seed, records } = await open();
      if (!crm.create) return expect(crm.create).toBeUndefined();
      await seed('ada', {});
      const made = await crm.create({ contactId: 'ada', values: {} }).catch(expectCrmError);
      const expected = 'recordId' in made ? 2 : 1;
      expect((await crm.find(['ada'], [])).length).toBe(expected);
      expect((await records()).length).toBe(expected);
    });
  });
}

async function valuesOf({ records }: Pick<RecordCrmWorld, 'records'>, contactId: string) {
  return (await records()).find((record) => record.contactId === contactId)?.values ?? {};
}
