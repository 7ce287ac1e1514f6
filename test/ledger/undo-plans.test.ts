import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { createUndoPlans, type UndoPlan } from '../../lib/ledger/undo-plans.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const plan = (number: number, by: string) => ({ number, madeAt: NOW, by }) as UndoPlan;

describe('a plan of taking a merge back', () => {
  it('is the first of its number, and no later one takes its place', async () => {
    const plans = createUndoPlans(bindTenant(asPort(createMemoryDocuments(() => NOW)), 'acme'));
    expect(await plans.read('e1', 1)).toBeUndefined();
    expect(await plans.store('e1', plan(1, 'ada'), NOW + 1)).toBe(true);
    expect(await plans.store('e1', plan(1, 'eve'), NOW + 1)).toBe(false);
    expect(await plans.store('e1', plan(2, 'eve'), NOW + 1)).toBe(true);
    expect([await plans.read('e1', 1), await plans.read('e1', 2)]).toEqual([plan(1, 'ada'), plan(2, 'eve')]);
  });

  it('is not kept beyond its time: it holds personal data', async () => {
    const clock = { now: NOW };
    const plans = createUndoPlans(bindTenant(asPort(createMemoryDocuments(() => clock.now)), 'acme'));
    await plans.store('e1', plan(1, 'ada'), NOW + 1);
    clock.now += 1;
    expect(await plans.read('e1', 1)).toBeUndefined();
  });
});
