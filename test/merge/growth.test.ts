import { createScriptedCrm } from './crms.ts';
import { createMergeWorld } from './merge-world.ts';

type World = ReturnType<typeof createMergeWorld>;

const countOf = ({ reads, writes }: World) =>
  [...reads.events.values(), ...reads.ledger.values()].reduce((sum, count) => sum + count, 0) +
  writes.events.length +
  writes.ledger.length;

/** Requests to the tables that one event costs, from its callback to its end. */
async function costOf(world: World, id: string, survivor: string, loser: string): Promise<number> {
  const before = countOf(world);
  expect((await world.tell({ id, survivor, losers: [loser] })).state).toBe('applied');
  return countOf(world) - before;
}

describe('requests of one event do not grow with what happened before it', () => {
  it('at the end of a chain of 1 000 merges', async () => {
    const world = createMergeWorld({ crm: createScriptedCrm().crm, policy: unlimited });
    const costs: number[] = [];
    for (let link = 0; link < 1_000; link++) costs.push(await costOf(world, `e${link}`, `c${link + 1}`, `c${link}`));
    expect(new Set(costs.slice(1)).size).toBe(1);
    // An event that names the first of them walks the chain once and shortens it: the next one finds its end at once.
    expect(await costOf(world, 'late', 'c0', 'x')).toBeGreaterThan(1_000);
    expect(await costOf(world, 'later', 'c0', 'y')).toBeLessThanOrEqual((costs[1] ?? 0) + 5);
    expect(await costOf(world, 'latest', 'c500', 'z')).toBeLessThanOrEqual((costs[1] ?? 0) + 5);
  }, 300_000);

  it('into a survivor with 1 000 losers', async () => {
    const world = createMergeWorld({ crm: createScriptedCrm().crm, policy: unlimited });
    const costs: number[] = [];
    for (let index = 0; index < 1_000; index++) costs.push(await costOf(world, `e${index}`, 'survivor', `l${index}`));
    expect(new Set(costs.slice(1)).size).toBe(1);
  }, 300_000);
});

const unlimited = { limits: { mergesPerHour: 10_000_000, mergesPerSurvivorPerDay: 10_000_000 } };
