import { CrmError } from '../../lib/errors.ts';
import { createScriptedCrm, type Reply } from './crms.ts';
import { createMergeWorld, MINUTE, START, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };

function open(...script: Reply[]) {
  const { crm, sent } = createScriptedCrm(...script);
  return { world: createMergeWorld({ crm }), sent };
}

/** Another writer comes between, so many times. */
function overtaken(world: ReturnType<typeof open>['world'], times: number): void {
  const { put } = world.events;
  let left = times;
  world.events.put = async (key, value, options) => {
    left -= 1;
    return left < 0 ? put(key, value, options) : false;
  };
}

describe('a message for an event', () => {
  it.each(['never-heard-of', 'e1'])('that is unknown or done is dropped: %s', async (eventId) => {
    const { world, sent } = open();
    await world.tell(TOLD);
    await world.queue.send({ tenant: TENANT, eventId });
    await world.deliverNext();
    expect(world.messages).toEqual([]);
    expect(world.failedDeliveries).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  it('that waits is taken two seconds before its time at the earliest: clocks differ', async () => {
    const resumeAt = START + 30 * MINUTE;
    const { world, sent } = open(new CrmError('retry-after', 'as told', { retryAt: resumeAt }));
    await world.receive(TOLD);
    await world.drain(0);
    for (const [time, calls] of [
      [resumeAt - 2_001, 1],
      [resumeAt - 2_000, 2],
    ] as const) {
      world.clock.now = time;
      await world.queue.send({ tenant: TENANT, eventId: 'e1' });
      await world.deliverNext();
      expect(sent).toHaveLength(calls);
    }
  });

  it('whose record another writer changed just now is taken all the same', async () => {
    const { world, sent } = open();
    await world.receive(TOLD);
    overtaken(world, 2);
    await world.deliverNext();
    expect(sent).toHaveLength(1);
    expect((await world.record('e1')).state).toBe('applied');
  });

  it('whose record is changed again and again comes back a second later', async () => {
    const { world, sent } = open();
    await world.receive(TOLD);
    overtaken(world, 100);
    await world.deliverNext();
    expect(sent).toEqual([]);
    expect(world.messages).toEqual([
      { pointer: { tenant: TENANT, eventId: 'e1' }, visibleAt: world.clock.now + 1_000 },
    ]);
    expect(world.failedDeliveries).toEqual([]);
  });
});
