import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { startBulk } from '../../lib/recovery/bulk-action.ts';
import { type AnyRecord, writeRecord } from '../ledger/raw-records.ts';
import { START } from '../merge/merge-world.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const FACTS = { kind: 'merge', name: 'n', digest: 'd', plan: 1, receivedAt: START, updatedAt: START };
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`);

async function openWorld(count: number) {
  const clock = { now: START };
  const events = asPort(createMemoryDocuments(() => clock.now));
  const ids = idsOf(count);
  for (const eventId of ids)
    await writeRecord(events, 'acme', { ...FACTS, eventId, state: 'parked', reason: 'cycle' } as AnyRecord, {
      expected: 0,
      dueAt: START,
    });
  const ledger = createEventLedger(events, 'acme');
  const queue = { send: async () => undefined };
  const now = () => {
    clock.now += 1;
    return clock.now;
  };
  const deps = { ledger, queue, now, by: 'ada@ops', newId: () => `bulk-${clock.now}` };
  const kept = async () => {
    const [newest] = await ledger.bulkActions.newest({ before: Number.MAX_SAFE_INTEGER, limit: 1 });
    return (await ledger.bulkActions.read(newest?.id ?? ''))?.value;
  };
  return { clock, ids, ledger, deps, kept };
}

describe('promise 8: an action on many events', () => {
  it('is kept from its beginning: who, what, how many', async () => {
    const { ids, deps, kept } = await openWorld(3);
    const order = { action: 'replay' as const, ids, list: 'parked' as const, reason: 'cycle' };
    const { begun, end } = await startBulk(order, deps);
    const what = { action: 'replay', list: 'parked', reason: 'cycle', by: 'ada@ops', startedAt: START + 1 };
    expect(begun).toEqual({ ...what, id: `bulk-${START + 1}`, updatedAt: START + 1, total: 3, queued: 0, refused: 0 });
    await end;
    const done = await kept();
    expect(done).toEqual({ ...begun, queued: 3, updatedAt: expect.any(Number), finishedAt: expect.any(Number) });
    expect(done?.finishedAt).toBeGreaterThan(begun.startedAt);
    expect(done?.updatedAt).toBeGreaterThan(done?.finishedAt ?? Number.NaN);
  });

  it('acts on each in the order of the ids, and counts what was refused', async () => {
    const { ids, deps, kept } = await openWorld(2);
    const results: [string, string][] = [];
    const onResult = (id: string, result: string) => void results.push([id, result]);
    await (await startBulk({ action: 'replay', ids: ['gone', ...ids, 'e0'] }, { ...deps, onResult })).end;
    expect(results).toEqual([
      ['gone', 'no-such-event'],
      ['e0', 'queued'],
      ['e1', 'queued'],
      ['e0', 'not-possible'],
    ]);
    expect(await kept()).toMatchObject({ total: 4, queued: 2, refused: 2 });
  });

  it('says how far it is after every twenty events, and stops where the store fails', async () => {
    const { ids, deps, ledger, kept } = await openWorld(45);
    let sent = 0;
    const queue = {
      send: () => {
        sent += 1;
        return sent > 41 ? Promise.reject(new Error('down')) : Promise.resolve();
      },
    };
    const { end } = await startBulk({ action: 'replay', ids }, { ...deps, queue });
    await expect(end).rejects.toThrow('down');
    const left = await kept();
    expect(left).toMatchObject({ total: 45, queued: 40, refused: 0 });
    expect(left).not.toHaveProperty('finishedAt');
    expect((await ledger.events.read('e44'))?.value.state).toBe('parked');
  });

  it('stands in the list of bulk actions, newest first, by when it began', async () => {
    const { ids, deps, ledger } = await openWorld(2);
    for (const id of ids) await (await startBulk({ action: 'replay', ids: [id] }, deps)).end;
    const listed = await ledger.bulkActions.newest({ before: Number.MAX_SAFE_INTEGER, limit: 5 });
    const begun = await Promise.all(listed.map(async ({ id }) => (await ledger.bulkActions.read(id))?.value.startedAt));
    expect(begun).toEqual(listed.map(({ at }) => at));
    expect(begun[0]).toBeGreaterThan(begun[1] ?? Number.NaN);
    expect(await ledger.bulkActions.read('other')).toBeUndefined();
  });
});
