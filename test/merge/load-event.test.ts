import { StoreError } from '../../lib/errors.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { loadEvent, readEvent } from '../../lib/merge/load-event.ts';
import { createScriptedCrm } from './crms.ts';
import { createMergeWorld, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' } };

const open = () => createMergeWorld({ crm: createScriptedCrm().crm });

describe('the content of an event', () => {
  it('is there for another event of the same tenant, and for no other', async () => {
    const world = open();
    await world.receive(TOLD);
    expect(await readEvent(world.ours, 'e1')).toMatchObject({ survivorId: 's', loserIds: ['a'] });
    expect(await readEvent(world.ledgerOf('another'), 'e1')).toBeUndefined();
    expect(await readEvent(world.ours, 'e2')).toBeUndefined();
  });

  it('promise 7: that cannot be read is parked again by a replay, with the field that is wrong', async () => {
    const world = open();
    await world.tell({ ...TOLD, losers: [''] });
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'unreadable:mergedIDs' });
    expect(await world.operate('e1', 'replay')).toBe('queued');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'unreadable:mergedIDs' });
    expect(world.failedDeliveries).toEqual([]);
  });

  it('promise 7: is not taken for unreadable because the store does not answer', async () => {
    const world = open();
    await world.receive(TOLD);
    const record = await world.record('e1');
    const broken = createEventLedger({ ...world.events, get: () => Promise.reject(new StoreError('down')) }, TENANT);
    await expect(loadEvent(broken, record)).rejects.toThrow(StoreError);
  });
});
