import type { Rate } from '../../lib/crm/rate-budget.ts';
import { createSharedRateBudget } from '../../lib/crm/shared-rate-budget.ts';
import { StoreError } from '../../lib/errors.ts';
import type { Documents } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const RATE: Rate = { calls: 100, intervalMs: 10_000 };
const SPACING = 10_000 / 96;
const NOW = 1_000_000;

function createWorkers(
  count: number,
  documents: Documents = asPort(createMemoryDocuments(() => NOW)),
  tenant = 'acme',
) {
  return Array.from({ length: count }, () =>
    createSharedRateBudget({ documents, tenant, crm: 'hubspot', now: () => NOW }),
  );
}

describe('a rate budget shared through the store', () => {
  it('gives each of many workers a turn of its own', async () => {
    const workers = createWorkers(20);
    const turns = await Promise.all(workers.map((budget) => budget.take(RATE, 60_000)));
    const expected = turns.map((_, index) => Math.max(0, (index - 2) * SPACING));
    const sorted = turns.sort((a, b) => a - b);
    for (const [index, turn] of sorted.entries()) expect(turn).toBeCloseTo(expected[index] ?? 0, 5);
  });

  it('lets all of them know of a pause, and of the limit that one has seen', async () => {
    const [one, other] = createWorkers(2);
    await one?.take(RATE, 0);
    await one?.learn({ rate: { calls: 10, intervalMs: 10_000 }, scarce: false });
    await one?.pause(NOW + 4_000);
    expect(await other?.take(RATE, 5_000)).toBe(4_000);
    expect(await other?.take(RATE, 6_000)).toBeCloseTo(4_000 + 10_000 / 9.6, 5);
  });

  it('promise 10: one tenant’s burst leaves another’s budget alone', async () => {
    const documents = asPort(createMemoryDocuments(() => NOW));
    const [busy] = createWorkers(1, documents, 'busy');
    const [idle] = createWorkers(1, documents, 'idle');
    for (let call = 0; call < 50; call++) await busy?.take(RATE, 60_000);
    expect(await idle?.take(RATE, 0)).toBe(0);
  });

  it('asks the store for a turn only, not when an answer tells nothing new', async () => {
    const memory = asPort(createMemoryDocuments(() => NOW));
    const asked: string[] = [];
    const documents: Documents = {
      ...memory,
      get: (key) => {
        asked.push('get');
        return memory.get(key);
      },
      put: (...write) => {
        asked.push('put');
        return memory.put(...write);
      },
    };
    const [budget] = createWorkers(1, documents);
    await budget?.take(RATE, 0);
    expect(asked.splice(0)).toEqual(['get', 'put']);
    await budget?.learn({ rate: RATE, scarce: false });
    expect(asked.splice(0)).toEqual(['get', 'put']);
    for (let answer = 0; answer < 5; answer++) await budget?.learn({ rate: { ...RATE }, scarce: false });
    await budget?.learn({ rate: undefined, scarce: false });
    expect(asked).toEqual([]);
    await budget?.pause(0);
    expect(asked).toEqual(['get']);
  });

  it('grants the turn when the store fails: no promise depends on it', async () => {
    const memory = asPort(createMemoryDocuments(() => NOW));
    const fail = () => Promise.reject(new StoreError('down'));
    for (const documents of [
      { ...memory, get: fail },
      { ...memory, put: fail },
    ]) {
      const [budget] = createWorkers(1, documents);
      expect(await budget?.take(RATE, 0)).toBe(0);
      await budget?.learn({ rate: RATE, scarce: true });
      await budget?.pause(NOW + 1_000);
    }
  });

  it('sends a worker away that loses every round, rather than letting it through', async () => {
    const memory = asPort(createMemoryDocuments(() => NOW));
    const [budget] = createWorkers(1, { ...memory, put: async () => false });
    expect(await budget?.take(RATE, 500)).toBeGreaterThan(500);
  });
});
