import { CrmError } from '../../lib/errors.ts';
import { createModelCrm, createScriptedCrm, type Reply } from './crms.ts';
import { createMergeWorld, DAY, HOUR, MINUTE, START, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };
const until = (retryAt: number): Reply => new CrmError('retry-after', 'as told', { retryAt });

/** An event at a CRM that names these times one after the other; delivered again at each of them. */
async function restsUntil(...times: number[]) {
  const { crm } = createScriptedCrm(...times.map(until));
  const world = createMergeWorld({ crm });
  await world.receive(TOLD);
  await world.drain(0);
  for (const time of times.slice(0, -1)) {
    world.clock.now = time;
    await world.queue.send({ tenant: TENANT, eventId: 'e1' });
    await world.drain(0);
  }
  return world;
}

describe('a time that the CRM names', () => {
  it('and the queue can just wait for, is waited for there', async () => {
    const world = await restsUntil(START + 15 * MINUTE);
    expect(world.messages).toMatchObject([{ visibleAt: START + 15 * MINUTE }]);
  });

  it('and the queue cannot wait for, is left to reconcile', async () => {
    const world = await restsUntil(START + 15 * MINUTE + 1_000);
    expect(world.messages).toEqual([]);
    expect(await world.listed('open')).toEqual(['e1']);
  });

  it('promise 7: and another, and another: parked after a week, however few they were', async () => {
    const world = await restsUntil(...[3, 6, 9, 12].map((days) => START + days * DAY));
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'gave-up:crm-retry-after' });
  });

  it('is kept for the whole week', async () => {
    const world = await restsUntil(START + 7 * DAY, START + 7 * DAY + HOUR);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', resumeAt: START + 7 * DAY + HOUR });
  });
});

describe('a CRM that cannot be asked for too long', () => {
  it('has failed ten times at least before an event is given up', async () => {
    const { crm, sent } = createScriptedCrm(...Array.from({ length: 99 }, () => new CrmError('retry-soon', 'busy')));
    const world = createMergeWorld({ crm, timing: { giveUpMs: 1 } });
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'gave-up:crm-retry-soon' });
    expect(sent).toHaveLength(10);
  });

  it('half-way through a plan: what was merged stays known, the rest is free', async () => {
    const { crm, model, fail } = createModelCrm();
    const world = createMergeWorld({ crm, timing: { giveUpMs: 1 } });
    for (const contact of ['s', 'a', 'b']) model.seed(contact, {});
    const error = new CrmError('retry-soon', 'busy');
    fail({ on: 'merge', when: 'before', error, after: 1 });
    fail(...Array.from({ length: 9 }, () => ({ on: 'merge', when: 'before', error }) as const));
    expect(await world.tell({ ...TOLD, losers: ['a', 'b'] })).toMatchObject({ state: 'parked' });
    expect(await world.contact('a')).toMatchObject({ mergedInto: 's', mergedBy: 'e1' });
    expect([await world.contact('b'), await world.contact('s')]).toEqual([{}, { latestMerge: 'e1' }]);
  });
});
