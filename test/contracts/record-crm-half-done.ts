import { fillsBlank } from '../../lib/ports.ts';
import { expectCrmError, type OpenWorld, type RecordCrmWorld } from './record-crm-world.ts';

const SLOW_MS = 400;
const PATIENT_MS = 3_000;
const IMPATIENT_MS = 500;

export function halfDoneContract(open: OpenWorld): void {
  describe('a merge that takes its time', () => {
    it('and is answered before the time-out, is done once', async () => {
      const world = await open(PATIENT_MS);
      const [ada, bob] = [await world.seed('ada', {}), await world.seed('bob', {})];
      world.faults.begin({ when: 'after-effect', how: 'slow', ms: SLOW_MS }, 'merge');
      await world.crm.merge({ survivor: ada, losers: [bob] });
      world.faults.end();
      expect(await world.absorbed()).toBe(1);
    });

    it('promise 5: and takes effect after the time-out, is in doubt, then found by locate, and not done again', async () => {
      const world = await open(IMPATIENT_MS);
      const [ada, bob] = [await world.seed('ada', {}), await world.seed('bob', {})];
      world.faults.begin({ when: 'before-effect', how: 'late' }, 'merge');
      const error = await world.crm.merge({ survivor: ada, losers: [bob] }).catch((one: unknown) => one);
      expect(expectCrmError(error).kind).toBe('ambiguous');
      await world.faults.settled();
      world.faults.end();
      const places = await world.crm.locate([ada, bob]);
      expect(places.get(bob)).toEqual(places.get(ada));
      expect(await world.absorbed()).toBe(1);
    });
  });

  describe('a merge that the CRM leaves half done', () => {
    it('has one loser, and no values to refuse', async () => {
      const { crm, stopHalfWay } = await open();
      if (!stopHalfWay) return expect(stopHalfWay).toBeUndefined();
      const { losersPerMerge, mergeSetsValues } = crm.rules;
      expect({ losersPerMerge, mergeSetsValues }).toEqual({ losersPerMerge: 1, mergeSetsValues: false });
    });

    it('promise 5: is finished by locate and a second try, with nothing lost', async () => {
      const world = await open();
      const { crm, seed, properties, stopHalfWay } = world;
      if (!stopHalfWay) return expect(stopHalfWay).toBeUndefined();
      const ada = await seed('ada', { [properties.text]: 'Ada' });
      const losers = [];
      for (let index = 0; index < crm.rules.losersPerMerge; index++)
        losers.push(await seed(`loser-${index}`, index === 0 ? { [properties.note]: 'only one has it' } : {}));
      await stopHalfWay();
      expectCrmError(await crm.merge({ survivor: ada, losers }).catch((one: unknown) => one));
      await finish(world, ada, losers);
      const [only, ...others] = await world.records();
      expect(others).toEqual([]);
      expect(only?.contactId).toBe('ada');
      if (fillsBlank(crm.rules, properties.note)) expect(only?.values[properties.note]).toBe('only one has it');
    });
  });
}

/** As the core goes on after a call in doubt: what is not where it should be is merged again. */
async function finish({ crm }: RecordCrmWorld, ada: string, losers: string[]): Promise<void> {
  const places = await crm.locate([ada, ...losers]);
  const home = places.get(ada);
  if (!home || home === 'gone') throw new Error('the survivor is gone');
  const left = losers.filter((loser) => {
    const place = places.get(loser);
    return place !== undefined && place !== 'gone' && place.recordId !== home.recordId;
  });
  let survivor = home.recordId;
  for (const loser of left) ({ survivor } = await crm.merge({ survivor, losers: [loser] }));
}
