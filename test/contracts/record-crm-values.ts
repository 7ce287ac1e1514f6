import { expectCrmError, type OpenWorld, type RecordCrmWorld } from './record-crm-world.ts';

const EMOJI = '👩‍👩‍👧 𠮷野家 é';
const LONG = `${'很长的备注 long text '.repeat(100)}end`;

export function valueContract(open: OpenWorld): void {
  describe('values', () => {
    it.each([
      ['emoji and rare letters', EMOJI],
      ['a long text', LONG],
      ['digits with a zero before them', '007'],
      ['what looks like a formula', '=1+1'],
      ['what looks like HTML', '<b>&amp;</b>'],
    ])('are read as they were written: %s', async (_what, value) => {
      const world = await open();
      const { crm, seed, properties } = world;
      const ada = await seed('ada', {});
      await crm.update(ada, { values: { [properties.note]: value } });
      expect((await valuesOf(world, ada))[properties.note]).toBe(value);
      const [found] = await crm.find(['ada'], [properties.note]);
      expect(found?.record.values[properties.note]).toBe(value);
    });

    it('of other types stand in the CRM as they were meant, and may be written twice', async () => {
      const world = await open();
      const ada = await world.seed('ada', {});
      for (const { property, value, shows } of world.typed ?? []) {
        for (const _ of [1, 2]) await world.crm.update(ada, { values: { [property]: value } });
        expect([property, (await valuesOf(world, ada))[property]]).toEqual([property, shows]);
      }
      expect((await world.records()).map(({ recordId }) => recordId)).toEqual([ada]);
    });

    it('for a property that the CRM does not have are refused or seen, never dropped in silence', async () => {
      const world = await open();
      const ada = await world.seed('ada', {});
      const attempt = world.crm.update(ada, { values: { no_such_property: 'x' } });
      const error = await attempt.then(() => undefined, expectCrmError);
      if (error) expect(error.kind).toBe('permanent');
      else expect((await valuesOf(world, ada)).no_such_property).toBe('x');
    });

    it('that the CRM refuses are a permanent error that names no value', async () => {
      const world = await open();
      if (!world.refused) return expect(world.refused).toBeUndefined();
      const ada = await world.seed('ada', {});
      const error = expectCrmError(await world.crm.update(ada, { values: world.refused }).catch((one: unknown) => one));
      expect(error.kind).toBe('permanent');
      for (const value of Object.values(world.refused)) expect(error.message).not.toContain(String(value));
    });

    it('that the CRM refuses with a merge let it merge no record, and the same merge without them goes on', async () => {
      const { crm, seed, refused, absorbed, records } = await open();
      if (!crm.rules.mergeSetsValues || !refused) return expect(crm.rules.mergeSetsValues && refused).toBeFalsy();
      const [ada, bob] = [await seed('ada', {}), await seed('bob', {})];
      const attempt = crm.merge({ survivor: ada, losers: [bob], write: { values: refused } });
      expect(expectCrmError(await attempt.catch((one: unknown) => one)).kind).toBe('permanent');
      expect(await absorbed()).toBe(0);
      expect((await records()).map(({ recordId }) => recordId).sort()).toEqual([ada, bob].sort());
      await crm.merge({ survivor: ada, losers: [bob] });
      expect(await absorbed()).toBe(1);
    });
  });

  describe('what belongs to a record', () => {
    it('belongs to the survivor after a merge', async () => {
      const { crm, seed, relations } = await open();
      if (!relations) return expect(relations).toBeUndefined();
      const [ada, bob] = [await seed('ada', {}), await seed('bob', {})];
      for (const record of [ada, bob, bob]) await relations.add(record);
      const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
      expect(await relations.count(survivor)).toBe(3);
    });
  });
}

async function valuesOf({ records }: Pick<RecordCrmWorld, 'records'>, recordId: string) {
  return (await records()).find((record) => record.recordId === recordId)?.values ?? {};
}
