import { fillsBlank } from '../../lib/ports.ts';
import { expectCrmError, type OpenWorld, seedLosers } from './record-crm-world.ts';

export function mergeContract(open: OpenWorld): void {
  describe('merge', () => {
    it('leaves one record, known under the survivor’s contact id and the record id it returned', async () => {
      const { crm, seed, records } = await open();
      const ada = await seed('ada', {});
      const bob = await seed('bob', {});
      const eve = await seed('eve', {});
      const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
      expect((await records()).map(({ recordId }) => recordId).sort()).toEqual([eve, survivor].sort());
      const found = await crm.find(['ada'], []);
      expect(found.map(({ record }) => [record.recordId, record.contactId])).toEqual([[survivor, 'ada']]);
    });

    it('keeps the survivor’s values, and fills its blanks exactly where the rules say so', async () => {
      const { crm, seed, records, properties } = await open();
      const ada = await seed('ada', { [properties.text]: 'of ada' });
      const bob = await seed('bob', { [properties.text]: 'of bob', [properties.note]: 'only bob has it' });
      const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
      const values = (await records()).find(({ recordId }) => recordId === survivor)?.values;
      expect(values?.[properties.text]).toBe('of ada');
      expect(values?.[properties.note] ?? '').toBe(fillsBlank(crm.rules, properties.note) ? 'only bob has it' : '');
    });

    it('takes as many losers at once as the rules say', async () => {
      const world = await open();
      const { crm, seed } = world;
      const ada = await seed('ada', {});
      const losers = await seedLosers(world, crm.rules.losersPerMerge);
      const { survivor } = await crm.merge({ survivor: ada, losers });
      expect((await world.records()).map(({ recordId }) => recordId)).toEqual([survivor]);
      expect(await world.absorbed()).toBe(crm.rules.losersPerMerge);
    });

    it('asked for more losers than that, refuses and merges none', async () => {
      const world = await open();
      const ada = await world.seed('ada', {});
      const losers = await seedLosers(world, world.crm.rules.losersPerMerge + 1);
      await expectRefusal(world.crm.merge({ survivor: ada, losers }));
      expect(await world.absorbed()).toBe(0);
    });

    it('never merges a record with itself', async () => {
      const { crm, seed, records, absorbed } = await open();
      const ada = await seed('ada', {});
      await expectRefusal(crm.merge({ survivor: ada, losers: [ada] }));
      expect(await absorbed()).toBe(0);
      expect((await records()).map(({ recordId }) => recordId)).toEqual([ada]);
    });

    it('sets the survivor’s values in the same call where the rules say so', async () => {
      const { crm, seed, records, properties } = await open();
      if (!crm.rules.mergeSetsValues) return expect(crm.rules.mergeSetsValues).toBe(false);
      const ada = await seed('ada', { [properties.text]: 'old', [properties.note]: 'to be cleared' });
      const bob = await seed('bob', { [properties.note]: 'of bob' });
      const write = { values: { [properties.text]: 'new', [properties.note]: null } };
      const { survivor } = await crm.merge({ survivor: ada, losers: [bob], write });
      const values = (await records()).find(({ recordId }) => recordId === survivor)?.values;
      expect([values?.[properties.text], values?.[properties.note] ?? '']).toEqual(['new', '']);
    });

    it('makes locate say so, for the survivor’s earlier id too', async () => {
      const { crm, seed } = await open();
      const ada = await seed('ada', {});
      const bob = await seed('bob', {});
      const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
      const home = { recordId: survivor };
      expect(await crm.locate([bob, ada, survivor])).toEqual(new Map([bob, ada, survivor].map((id) => [id, home])));
    });

    it('after merge upon merge, locate still knows where each record lives', async () => {
      const { crm, seed } = await open();
      const [ada, bob, eve] = [await seed('ada', {}), await seed('bob', {}), await seed('eve', {})];
      const first = await crm.merge({ survivor: bob, losers: [ada] });
      const second = await crm.merge({ survivor: eve, losers: [first.survivor] });
      const home = { recordId: second.survivor };
      const all = [ada, bob, first.survivor, eve, second.survivor];
      expect(await crm.locate(all)).toEqual(new Map(all.map((id) => [id, home])));
    });

    it('of several losers one after the other, each into the survivor as it is by then, absorbs each once', async () => {
      const world = await open();
      const losers = await seedLosers(world, 3);
      let survivor = await world.seed('ada', {});
      for (const loser of losers) ({ survivor } = await world.crm.merge({ survivor, losers: [loser] }));
      expect((await world.records()).map((record) => [record.recordId, record.contactId])).toEqual([[survivor, 'ada']]);
      expect(await world.absorbed()).toBe(3);
    });

    it('promise 5: repeated, absorbs no record again, and locate tells that it was done', async () => {
      const { crm, seed, absorbed, records } = await open();
      const ada = await seed('ada', {});
      const bob = await seed('bob', {});
      const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
      await crm.merge({ survivor, losers: [bob] }).catch(expectCrmError);
      expect(await absorbed()).toBe(1);
      const places = await crm.locate([survivor, bob]);
      expect(places.get(bob)).toEqual(places.get(survivor));
      expect((await records()).length).toBe(1);
    });
  });
}

async function expectRefusal(attempt: Promise<unknown>): Promise<void> {
  const refusal = expectCrmError(
    await attempt.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  expect(refusal.kind).toBe('permanent');
}
