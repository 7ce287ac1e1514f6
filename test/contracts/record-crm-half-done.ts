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

  describe('a merge of several requests', () => {
    it('promise 5: that ends after any of them is finished by locate and a second try, with nothing lost', async () => {
      const requests = await requestsOfMerge(open);
      for (let nth = 1; requests > 1 && nth <= requests; nth++) {
        const { ada, bob, ...world } = await pair(open);
        world.faults.begin({ ...INTERRUPTED, nth }, 'merge');
        await world.crm.merge({ survivor: ada, losers: [bob] }).catch(expectCrmError);
        world.faults.end();
        await finish(world, ada, [bob]);
        await expectNothingLost(world);
      }
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
      const { ada, bob, ...world } = await pair(open);
      if (!world.stopHalfWay) return expect(world.stopHalfWay).toBeUndefined();
      await world.stopHalfWay();
      expectCrmError(await world.crm.merge({ survivor: ada, losers: [bob] }).catch((one: unknown) => one));
      await finish(world, ada, [bob]);
      await expectNothingLost(world);
    });
  });
}

/** The requests that one merge makes of the `fetch` it is offered; none for an adapter with its own way to fail. */
async function requestsOfMerge(open: OpenWorld): Promise<number> {
  const { ada, bob, ...world } = await pair(open);
  world.faults.begin({ ...INTERRUPTED, nth: Number.POSITIVE_INFINITY }, 'merge');
  await world.crm.merge({ survivor: ada, losers: [bob] });
  return world.faults.met();
}

const INTERRUPTED = { when: 'after-effect', how: 'hang-up' } as const;

async function pair(open: OpenWorld) {
  const world = await open();
  const { seed, properties, relations } = world;
  const ada = await seed('ada', { [properties.text]: 'Ada' });
  const bob = await seed('bob', { [properties.note]: 'only bob has it' });
  await relations?.add(bob);
  return { ...world, ada, bob };
}

async function expectNothingLost({ crm, records, properties, relations }: RecordCrmWorld): Promise<void> {
  const [only, ...others] = await records();
  expect([only?.contactId, others]).toEqual(['ada', []]);
  expect(only?.values[properties.text]).toBe('Ada');
  if (relations) expect(await relations.count(only?.recordId ?? '')).toBe(1);
  if (fillsBlank(crm.rules, properties.note)) expect(only?.values[properties.note]).toBe('only bob has it');
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
