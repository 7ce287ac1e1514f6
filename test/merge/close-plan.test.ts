import { CrmError, StoreError } from '../../lib/errors.ts';
import type { Outcomes } from '../../lib/ports.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld, type MergeWorld, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' }, at: 100 };
const MAPPING = { remark: 'remark' };

/** The next write of this contact fails, once the CRM has been called. */
function failOnce(world: MergeWorld, contact: string, isCalled: () => boolean): void {
  const { put } = world.ledger;
  world.ledger.put = async (key, value, options) => {
    if (!isCalled() || key.kind !== 'contact' || key.id !== contact) return put(key, value, options);
    world.ledger.put = put;
    throw new StoreError('injected');
  };
}

/** The event's message comes again, after its worker's lease. */
async function comesAgain(world: MergeWorld): Promise<void> {
  world.clock.now += world.timing.leaseMs;
  await world.queue.send({ tenant: TENANT, eventId: 'e1' });
  await world.drain();
}

describe('a worker that dies while it writes what is true now', () => {
  it.each(['a', 'b', 's'])('before contact %s: the next one writes the rest, and all are unlocked', async (contact) => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    failOnce(world, contact, () => sent.length > 0);
    await world.receive(TOLD);
    await world.deliverNext();
    expect(world.failedDeliveries).toHaveLength(1);
    expect((await world.contact('s')).lockedBy).toBeDefined();
    await comesAgain(world);
    expect((await world.record('e1')).state).toBe('applied');
    for (const loser of ['a', 'b'])
      expect(await world.contact(loser)).toMatchObject({ mergedInto: 's', mergedBy: 'e1' });
    const { lockedBy, clocks } = await world.contact('s');
    expect([lockedBy, clocks?.remark?.eventId]).toEqual([undefined, 'e1']);
    expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(['e1']));
  });

  it.each(['a', 's'])(
    'of a plan that is given up, before contact %s: the next one unlocks the rest',
    async (contact) => {
      const { crm, sent } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
      const world = createMergeWorld({ crm });
      failOnce(world, contact, () => sent.length > 0);
      await world.receive(TOLD);
      await world.deliverNext();
      await comesAgain(world);
      expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'crm-contradiction:locked' });
      for (const one of ['s', 'a', 'b']) expect(await world.contact(one)).toEqual({});
      expect(sent).toHaveLength(1);
    },
  );
});

describe('promise 4b: an event whose end was not stored, though its contacts were unlocked', () => {
  it.each([
    ['with losers', ['a']],
    ['without a loser that is left', ['x']],
  ])('%s, is not carried out again after a later event about the same contact', async (_what, losers) => {
    const failures = [new StoreError('injected')];
    const outcomes: Outcomes = {
      publish: async ({ eventId }) => {
        if (eventId === 'e1' && failures.length > 0) throw failures.pop();
      },
    };
    const { crm, model, people, changes } = createModelCrm();
    const world = createMergeWorld({ crm, outcomes, mapping: MAPPING });
    for (const contact of ['s', 'a', 'x']) model.seed(contact, {});
    await world.tell({ id: 'e0', survivor: 's', losers: ['x'], at: 50 });
    await world.receive({ ...TOLD, losers });
    await world.deliverNext();
    expect(world.failedDeliveries).toHaveLength(1);
    await world.tell({ id: 'e2', survivor: 's', losers, changed: { remark: 'newer' }, at: 200 });
    const calls = changes().length;
    await comesAgain(world);
    expect((await world.record('e1')).state).toBe('applied');
    expect(changes()).toHaveLength(calls);
    expect(people()).toMatchObject({ s: { remark: 'newer' } });
  });
});

describe('what the ledger knows of a survivor’s record', () => {
  it('stays, while the CRM knows none of an event’s contacts', async () => {
    const { crm, model } = createModelCrm();
    const world = createMergeWorld({ crm, mapping: MAPPING });
    for (const contact of ['s', 'a']) model.seed(contact, {});
    await world.tell({ ...TOLD, losers: ['a'] });
    const { recordId } = await world.contact('s');
    model.records.clear();
    expect((await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 })).state).toBe('skipped');
    expect(recordId).toBeDefined();
    expect((await world.contact('s')).recordId).toBe(recordId);
  });
});

describe('promise 6: a plan that is given up before anything was merged', () => {
  it('leaves the loser whose record was to become the survivor’s what it was', async () => {
    const { crm, model, fail } = createModelCrm();
    const world = createMergeWorld({ crm });
    for (const contact of ['a', 'b']) model.seed(contact, {});
    fail({ on: 'merge', when: 'before', error: new CrmError('permanent', 'as told', { code: 'NO' }) });
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:NO' });
    for (const contact of ['s', 'a', 'b']) expect(await world.contact(contact)).toEqual({});
  });
});
