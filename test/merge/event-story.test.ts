import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { readEventStory } from '../../lib/merge/event-story.ts';
import { createScriptedCrm } from './crms.ts';
import { createMergeWorld, DAY } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' }, at: 100 };

/** An event that was refused, and applied by a replay: two plans, a call of each. */
async function openReplayed() {
  const { crm } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
  const world = createMergeWorld({ crm });
  await world.tell(TOLD);
  await world.operate('e1', 'replay');
  await world.drain();
  const story = async (id: string) => readEventStory(world.ours, (await world.record(id)) as EventRecord);
  return { world, story };
}

describe('promise 8: the story of an event', () => {
  it('is its record, what it said, every plan and every call', async () => {
    const { world, story } = await openReplayed();
    const { record, event, plans, journal } = await story('e1');
    expect(record).toEqual(await world.record('e1'));
    expect(event).toMatchObject({ survivorId: 's', loserIds: ['a'] });
    expect(plans.map(({ number }) => number)).toEqual([1, 2]);
    expect(journal.map(({ plan, outcome }) => [plan, outcome])).toEqual([
      [1, 'crm-contradiction:locked'],
      [2, 'done'],
    ]);
  });

  it('of an event without a plan has none', async () => {
    const { world, story } = await openReplayed();
    await world.receive({ ...TOLD, id: 'e2' });
    const { event, plans, journal } = await story('e2');
    expect([event?.survivorId, plans, journal]).toStrictEqual(['s', [], []]);
  });

  it('leaves out what has expired: plans, and what it said', async () => {
    const { world, story } = await openReplayed();
    world.clock.now += 1_000 * DAY;
    const { record, event, plans } = await story('e1');
    expect([record.state, event, plans]).toStrictEqual(['applied', undefined, []]);
  });

  it('of an event that is no merge has no merge to tell', async () => {
    const { world, story } = await openReplayed();
    const body = { id: 'ada', changed: { mobiles: ['138'] } };
    const envelope = { id: 'c1', event: 'CRM_CONTACT', action: 'CRM_CONTACT_CREATE', body };
    await world.receiveBody(JSON.stringify(envelope), undefined, { contactEvents: true });
    const { record, event, plans, journal } = await story('c1');
    expect([record.kind, event, plans, journal]).toStrictEqual(['contact', undefined, [], []]);
  });
});
