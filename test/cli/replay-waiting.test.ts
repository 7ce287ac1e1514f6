import { replayWaiting } from '../../lib/cli/link/replay-waiting.ts';
import type { Service } from '../../lib/cli/service-options.ts';
import { eventKey } from '../ledger/raw-records.ts';
import { createModelCrm } from '../merge/crms.ts';
import { createMergeWorld, TENANT } from '../merge/merge-world.ts';

it('promise 4d: after linking, events that waited for the contacts are replayed however many others wait', async () => {
  const { crm, model } = createModelCrm({});
  const world = createMergeWorld({ crm });
  model.seed('s', {});
  await world.tell({ id: 'e1', survivor: 's', losers: ['a'] });
  const record = await world.record('e1');
  expect(record.missing).toEqual(['a']);
  for (let count = 0; count <= 100_000; count++) {
    const eventId = `other${count}`;
    const listed = { list: 'unlinked', at: 1 };
    const other = { ...record, eventId, digest: eventId, missing: ['z'] };
    await world.events.put(eventKey(TENANT, eventId), other, { expected: 0, listed });
  }
  const { ours: ledger, queue, clock } = world;
  const service = { ledger, queue } as Service;
  expect(await replayWaiting(service, ['a', 'q'], 'lin', { now: () => clock.now })).toBe(1);
  expect((await world.record('e1')).state).toBe('queued');
}, 120_000);
