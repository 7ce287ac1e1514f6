import { readMoment } from '../../lib/cli/moments.ts';
import { CHOICES, type Chosen, type Selection, selectEvents } from '../../lib/cli/select-events.ts';
import { placeOf } from '../../lib/console/read/newest-first.ts';
import { ALL_LISTS, ALL_STATES } from '../../lib/ledger/event-states.ts';
import { createScriptedCrm } from '../merge/crms.ts';
import { createMergeWorld, MINUTE } from '../merge/merge-world.ts';

/** One event of each end: applied, parked, over without a record, held, on its way; a minute apart. */
async function aWorld() {
  const { crm, script } = createScriptedCrm();
  const world = createMergeWorld({ crm });
  const told = (id: string, survivor: string, ...losers: string[]) => ({ id, survivor, losers });
  const start = world.clock.now;
  for (let n = 0; n < 4; n++) {
    await world.tell(n % 2 === 0 ? told(`e${n}`, `s${n}`, `l${n}`) : told(`e${n}`, `s${n}`, `s${n}`));
    world.clock.now = start + (n + 1) * MINUTE;
  }
  script.push({ outcome: 'unknown-contacts' });
  await world.tell(told('e4', 's4', 'l4'));
  world.policy({ limits: { mergesPerHour: 1, mergesPerSurvivorPerDay: 1 } });
  await world.tell(told('e5', 's0', 'l5'));
  await world.receive(told('e6', 's6', 'l6'));
  const select = (selection: Partial<Selection>, range = {}) =>
    selectEvents(world.ours, { chosen: 'all', ...selection }, { limit: 100, now: world.clock.now, ...range });
  const ids = async (selection: Partial<Selection>) => (await select(selection)).records.map(({ eventId }) => eventId);
  return { world, start, select, ids };
}

describe('the events that a selection names', () => {
  it.each<[Chosen, string[]]>([
    ['parked', ['e1', 'e3']],
    ['held', ['e5']],
    ['applied', ['e2', 'e0']],
    ['skipped', ['e4']],
    ['unlinked', ['e4']],
    ['open', ['e6']],
    ['stored', ['e6']],
    ['working', []],
    ['ignored', []],
    ['observed', []],
  ])('%s: what waits oldest first, what is over newest first, with its count', async (chosen, wanted) => {
    const { select } = await aWorld();
    const { records, total, isMore, goesOn } = await select({ chosen });
    expect(records.map(({ eventId }) => eventId)).toEqual(wanted);
    expect([total, isMore, goesOn]).toEqual([wanted.length, false, false]);
  });

  it('every state and every list can be asked for, and all of them', () => {
    expect(new Set(CHOICES)).toEqual(new Set([...ALL_STATES, ...ALL_LISTS, 'all']));
  });

  it('by reason, time and contact', async () => {
    const { ids, start } = await aWorld();
    expect(await ids({ chosen: 'parked', reason: 'self-merge' })).toEqual(['e1', 'e3']);
    expect(await ids({ chosen: 'parked', reason: 'cycle' })).toEqual([]);
    expect(await ids({ since: start + MINUTE, until: start + 2 * MINUTE })).toEqual(['e2', 'e1']);
    expect(await ids({ contact: 's0' })).toEqual(['e5', 'e0']);
    expect(await ids({ contact: 's0', chosen: 'held' })).toEqual(['e5']);
  });

  it('page by page each event once, under the same count', async () => {
    const { select } = await aWorld();
    const seen: string[] = [];
    let page = await select({}, { limit: 2 });
    while (page.records.length > 0 && seen.length < 20) {
      seen.push(...page.records.map(({ eventId }) => eventId));
      expect(page.total).toBe(7);
      const last = page.records.at(-1);
      page = await select({}, { limit: 2, from: last && placeOf(last) });
    }
    expect([...seen].sort()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6']);
    expect(seen.at(-1)).toBe('e0');
  });
});

describe('a time that is typed', () => {
  const NOW = Date.parse('2026-11-27T12:00:00Z');

  it.each([
    ['2026-11-27T03:00Z', '2026-11-27T03:00:00.000Z', '2026-11-27T03:00:59.999Z'],
    ['2026-11-27T03:00:05+08:00', '2026-11-26T19:00:05.000Z', '2026-11-26T19:00:05.999Z'],
    ['90m', '2026-11-27T10:30:00.000Z', '2026-11-27T10:30:00.000Z'],
    ['2h', '2026-11-27T10:00:00.000Z', '2026-11-27T10:00:00.000Z'],
    ['3d', '2026-11-24T12:00:00.000Z', '2026-11-24T12:00:00.000Z'],
  ])('%s', (text, from, to) => {
    const moment = readMoment(text, NOW);
    expect([moment?.from, moment?.to]).toEqual([Date.parse(from), Date.parse(to)]);
  });

  it('a day is the whole day, in the zone of this machine', () => {
    expect(readMoment('2026-11-27', NOW)).toEqual({
      from: new Date(2026, 10, 27).getTime(),
      to: new Date(2026, 10, 27).getTime() + 86_400_000 - 1,
    });
  });

  it.each(['', 'yesterday', '2026-02-30', '2026-13-01', '2026-11-27T25:00', '3w', '-3d', '1e3d', '2026', '03:00'])(
    '%j is none',
    (text) => {
      expect(readMoment(text, NOW)).toBeUndefined();
    },
  );
});
