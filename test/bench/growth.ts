import { parseArgs } from 'node:util';
import { createScriptedCrm } from '../merge/crms.ts';
import { createMergeWorld, START } from '../merge/merge-world.ts';
import { helpIfAsked } from './help.mjs';

helpIfAsked(import.meta.url);

/**
 * What an event asks of the tables after much has happened, with tables in memory: exact counts, nothing timed.
 *
 *   npm run bench -- --only growth [--chain 1000] [--losers 10000] [--contacts 1000000] [--json]
 *
 * At the end of a chain of merges; into a survivor with many losers; in a ledger of many contacts. Each against the same
 * event in a ledger where it is the second. Exit code 1 where one costs more.
 */
const number = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({
  options: {
    chain: number('1000'),
    losers: number('10000'),
    contacts: number('1000000'),
    json: { type: 'boolean', default: false },
  },
});

const policy = { limits: { mergesPerHour: 10_000_000, mergesPerSurvivorPerDay: 10_000_000 } };
const createWorld = () => createMergeWorld({ crm: createScriptedCrm().crm, policy });
type World = ReturnType<typeof createWorld>;

const requestsOf = ({ reads, writes }: World) =>
  [...reads.events.values(), ...reads.ledger.values()].reduce((sum, count) => sum + count, 0) +
  writes.events.length +
  writes.ledger.length;

async function costOf(world: World, id: string, survivor: string, loser: string): Promise<number> {
  const before = requestsOf(world);
  const { state } = await world.tell({ id, survivor, losers: [loser] });
  if (state !== 'applied') throw new Error(`${id} is ${state}`);
  const cost = requestsOf(world) - before;
  // The world keeps what was written; for so many events that would be gigabytes.
  world.writes.events.length = 0;
  world.writes.ledger.length = 0;
  return cost;
}

/** Tells `count` events. @returns what the second and the last of them cost, and the dearest after the first. */
async function grown(count: number, told: (index: number) => [survivor: string, loser: string]) {
  const world = createWorld();
  const costs: number[] = [];
  for (let index = 0; index < count; index++) costs.push(await costOf(world, `e${index}`, ...told(index)));
  const [, peer = 0] = costs;
  return { peer, value: costs.at(-1) ?? 0, most: costs.slice(1).reduce((a, b) => Math.max(a, b), 0) };
}

/** A ledger in which so many contacts have been merged into others, each as an event leaves it. */
async function inLedgerOf(contacts: number) {
  const small = createWorld();
  await costOf(small, 'e0', 'a', 'b');
  const peer = await costOf(small, 'e1', 'c', 'd');
  const world = createWorld();
  for (let index = 0; index < contacts / 2; index++) {
    const { contacts: known } = world.ours;
    await known.write(`l${index}`, { mergedInto: `s${index}`, mergedBy: `old-${index}`, mergedAt: START }, 0);
    await known.write(`s${index}`, { clocks: {} }, 0);
    world.writes.ledger.length = 0;
  }
  await costOf(world, 'e0', 'a', 'b');
  const value = await costOf(world, 'e1', 'c', 'd');
  return { peer, value, most: Math.max(value, await costOf(world, 'e2', 's7', 'x')) };
}

async function run() {
  const [chain, losers, contacts] = [Number(values.chain), Number(values.losers), Number(values.contacts)];
  const rows = [
    rowOf(`requests at the end of a chain of ${chain}`, await grown(chain, (index) => [`c${index + 1}`, `c${index}`])),
    rowOf(`requests into a survivor with ${losers} losers`, await grown(losers, (index) => ['survivor', `l${index}`])),
    rowOf(`requests in a ledger of ${contacts} contacts`, await inLedgerOf(contacts)),
  ];
  const lines = values.json ? [JSON.stringify({ part: 'growth', rows })] : rows.map((row) => JSON.stringify(row));
  console.log(lines.join('\n'));
  process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
}

function rowOf(figure: string, { peer, value, most }: { peer: number; value: number; most: number }) {
  const ratio = most / peer;
  return { figure, value, unit: 'requests', peer: 'the second event', ratio, limit: 1, ok: ratio <= 1 };
}

await run();
