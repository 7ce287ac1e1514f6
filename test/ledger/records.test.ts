import { createCounters } from '../../lib/ledger/counters.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { backoffSeconds } from '../../lib/ledger/timing.ts';
import { type Moved, received, transition } from '../../lib/ledger/transitions.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const NOW = Date.UTC(2026, 0, 5, 8, 20);
const HOUR = 3_600_000;
const clock = { now: NOW, timing: { graceMs: 60_000, stuckMs: HOUR } };

describe('an event’s record', () => {
  const facts = { eventId: 'e1', kind: 'merge', name: 'E/A', digest: 'd' } as const;
  const queue = (record: Moved['record']) => transition(record, { on: 'queue-late', queuedAt: NOW }, clock);

  async function open() {
    const { events } = createEventLedger(asPort(createMemoryDocuments(() => NOW)), 'acme');
    await events.save(received(facts, undefined, clock), 0);
    return events;
  }

  it('comes back from an update as it is stored then, fit for the next write', async () => {
    const events = await open();
    const updated = await events.update('e1', queue);
    expect(updated).toEqual(await events.read('e1'));
    expect(updated?.value.state).toBe('queued');
    const claim = { on: 'claim', worker: { id: 'w', until: NOW } } as const;
    const next = updated && transition(updated.value, claim, clock);
    expect(next && (await events.save(next, updated.version))).toBe(true);
  });

  it('is left as it is where an update wants no move', async () => {
    const events = await open();
    const before = await events.read('e1');
    expect(await events.update('e1', () => undefined)).toEqual(before);
    expect(await events.read('e1')).toEqual(before);
    expect(await events.update('never-heard-of', queue)).toBeUndefined();
  });

  it('is not overwritten by a writer that read it before another wrote', async () => {
    const events = await open();
    const stale = await events.read('e1');
    await events.update('e1', queue);
    const late = stale && queue(stale.value);
    expect(late && (await events.save(late, stale.version))).toBe(false);
  });
});

describe('a count', () => {
  it('is kept beyond its window, and not for ever', async () => {
    const kept: number[] = [];
    const documents = asPort(createMemoryDocuments(() => NOW));
    const add: typeof documents.add = (key, by, expiresAt) => {
      kept.push(expiresAt - NOW);
      return documents.add(key, by, expiresAt);
    };
    const counters = createCounters(bindTenant({ ...documents, add }, 'acme'));
    expect(await counters.add({ id: 'tenant', windowMs: HOUR }, 3, NOW)).toBe(3);
    expect(await counters.add({ id: 'tenant', windowMs: HOUR }, 2, NOW + HOUR / 2)).toBe(5);
    expect(await counters.add({ id: 'tenant', windowMs: HOUR }, 1, NOW + HOUR)).toBe(1);
    for (const ms of kept.slice(0, 2)) {
      expect(ms).toBeGreaterThan(HOUR);
      expect(ms).toBeLessThanOrEqual(2 * HOUR);
    }
  });
});

describe('a wait', () => {
  const longest = () => 1;

  it('for the CRM doubles with each failure, up to five minutes; chance takes half of it at most', () => {
    expect([1, 2, 3, 8, 9, 500].map((failures) => backoffSeconds(failures, longest))).toEqual([2, 4, 8, 256, 300, 300]);
    expect([1, 3, 9].map((failures) => backoffSeconds(failures, () => 0))).toEqual([1, 4, 150]);
  });
});
