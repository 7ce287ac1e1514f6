import type { BulkAction } from '../../lib/ledger/bulk-actions.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const HOUR = 3_600_000;
const ALL = { before: Number.MAX_SAFE_INTEGER, limit: 9 };

function openWorld() {
  const clock = { now: NOW };
  return { clock, ...createEventLedger(asPort(createMemoryDocuments(() => clock.now)), 'acme') };
}

describe('promise 8: the bulk actions of a tenant', () => {
  const action = (id: string, startedAt: number, more: Partial<BulkAction> = {}): BulkAction => ({
    ...{ id, action: 'replay', by: 'ada', startedAt, updatedAt: startedAt },
    ...{ total: 9, queued: 0, refused: 0, ...more },
  });

  it('stand under the time they began, newest first, and a range leaves the others out', async () => {
    const { bulkActions } = openWorld();
    for (const [id, at] of [
      ['b', 2],
      ['a', 1],
      ['c', 3],
    ] as const)
      await bulkActions.save(action(id, at), 0);
    expect(await bulkActions.newest(ALL)).toEqual([
      { id: 'c', at: 3 },
      { id: 'b', at: 2 },
      { id: 'a', at: 1 },
    ]);
    expect(await bulkActions.newest({ before: 2, limit: 1 })).toEqual([{ id: 'b', at: 2 }]);
  });

  it('are not overwritten by a writer that read them before another wrote', async () => {
    const { bulkActions } = openWorld();
    expect(await bulkActions.save(action('a', 1), 0)).toBe(true);
    expect(await bulkActions.save(action('a', 1, { queued: 4 }), 1)).toBe(true);
    expect(await bulkActions.save(action('a', 1, { queued: 2 }), 1)).toBe(false);
    expect(await bulkActions.read('a')).toEqual({ value: action('a', 1, { queued: 4 }), version: 2 });
    expect(await bulkActions.read('b')).toBeUndefined();
  });
});

describe('promise 1: the use of a key pair that has an end', () => {
  it('is the last hour noted of this pair, in whatever order and however often they were noted', async () => {
    const { keyUses } = openWorld();
    expect(await keyUses.last('k')).toBeUndefined();
    for (const hour of [NOW, NOW + 2 * HOUR, NOW + HOUR, NOW]) await keyUses.note('k', hour, NOW + 9 * HOUR);
    await keyUses.note('other', NOW + 5 * HOUR, NOW + 9 * HOUR);
    expect(await keyUses.last('k')).toBe(NOW + 2 * HOUR);
  });

  it('is forgotten once it expires', async () => {
    const { clock, keyUses } = openWorld();
    await keyUses.note('k', NOW, NOW + HOUR);
    clock.now = NOW + HOUR;
    expect(await keyUses.last('k')).toBeUndefined();
  });
});
