import { createFollower } from '../../lib/cli/follow-events.ts';
import { operate } from '../../lib/recovery/operator-actions.ts';
import { createScriptedCrm } from '../merge/crms.ts';
import { createMergeWorld, MINUTE } from '../merge/merge-world.ts';

function aWorld() {
  const world = createMergeWorld({ crm: createScriptedCrm().crm });
  const merge = (id: string, survivor: string, ...losers: string[]) => ({ id, survivor, losers });
  const follow = async () => {
    const follower = await createFollower(world.ours);
    return async () => (await follower.look()).map(({ eventId, state }) => `${eventId} ${state}`);
  };
  return { world, merge, follow };
}

describe('following events', () => {
  it('tells each that comes, once, and each change of its list', async () => {
    const { world, merge, follow } = aWorld();
    await world.tell(merge('before', 'x', 'y'));
    const look = await follow();
    expect(await look()).toEqual([]);
    await world.receive(merge('e1', 's', 'a'));
    expect(await look()).toEqual(['e1 stored']);
    await world.drain();
    await world.tell(merge('e2', 'x', 'x'));
    expect((await look()).sort()).toEqual(['e1 applied', 'e2 parked']);
    expect(await look()).toEqual([]);
  });

  it('sees an old event that an operator replays, between two looks too', async () => {
    const { world, merge, follow } = aWorld();
    world.policy({ limits: { mergesPerHour: 1, mergesPerSurvivorPerDay: 1 } });
    await world.tell(merge('e1', 's', 'a'));
    await world.tell(merge('e2', 's', 'b'));
    world.clock.now += 90 * MINUTE;
    for (let n = 0; n < 5; n++) await world.tell(merge(`later${n}`, `x${n}`, `x${n}`));
    const look = await follow();
    const deps = { ledger: world.ours, queue: world.queue, now: () => world.clock.now, by: 'ada' };
    await operate('e2', 'release', deps);
    await world.drain();
    expect(await look()).toEqual(['e2 applied']);
  });

  it('what only comes into sight is no news: a newer event has left a list longer than is read', async () => {
    const { world, merge, follow } = aWorld();
    for (let n = 0; n < 1_001; n++) {
      await world.tell(merge(`e${n}`, 'x', 'x'));
      world.clock.now += 1_000;
    }
    const look = await follow();
    const deps = { ledger: world.ours, queue: world.queue, now: () => world.clock.now, by: 'ada' };
    await operate('e1000', 'replay', deps);
    expect(await look()).toEqual(['e1000 queued']);
  });

  it('forgets nothing while the store fails', async () => {
    const { world, merge } = aWorld();
    let isDown = false;
    const listed: typeof world.ours.events.listed = (list, range) => {
      if (isDown) throw new Error('down');
      return world.ours.events.listed(list, range);
    };
    const follower = await createFollower({ ...world.ours, events: { ...world.ours.events, listed } });
    await world.tell(merge('e1', 's', 'a'));
    isDown = true;
    await expect(follower.look()).rejects.toThrow('down');
    isDown = false;
    expect((await follower.look()).map(({ eventId }) => eventId)).toEqual(['e1']);
  });
});
