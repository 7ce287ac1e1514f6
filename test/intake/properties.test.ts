import fc from 'fast-check';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { BODY, type Fault, openIntake, sealedAnew } from './intake-world.ts';

/** How many histories each property gets; `FUZZ_RUNS=100000` for the long run. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 300);
jest.setTimeout(60_000 + numRuns * 60);
const holds = <T>(property: fc.IAsyncProperty<T>) => fc.assert(property, { numRuns });

const NAMES = { event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED' };
const ACCEPTED = 200;

/** Names and ids that a stranger may put around a captured body. */
const strangeNames = fc.record(
  {
    id: fc.oneof(
      fc.constantFrom('e1', 'e2', '', 'a\u202e', 'x'.repeat(600), `sha256-${'0'.repeat(64)}`),
      fc.string(),
      fc.integer(),
    ),
    event: fc.constantFrom('CRM_MERGE', 'CRM_CONTACT', 'x', '', 7),
    action: fc.constantFrom('CRM_CONTACT_MERGED', 'CRM_CONTACT_UPDATED', '', null),
  },
  { requiredKeys: [] },
);

/** What becomes of each write, and how long each request takes. */
const store = fc.record({
  faults: fc.array(fc.constantFrom<Fault[]>('none', 'none', 'none', 'none', 'lost', 'unanswered'), { maxLength: 40 }),
  pauses: fc.array(fc.nat(6), { maxLength: 60 }),
});
type Store = { faults: Fault[]; pauses: number[] };

const step = fc.record({
  /** Which of the contents that were captured. */
  content: fc.nat(2),
  names: fc.option(strangeNames, { nil: undefined }),
  anew: fc.boolean(),
  /** Whether it comes at once with the step before. */
  atOnce: fc.boolean(),
});
const history = fc.array(step, { minLength: 1, maxLength: 10 });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

type World = ReturnType<typeof openIntake>;
type Content = { content: object; names: object };

function inTurns(steps: Step[]): Step[][] {
  const turns: Step[][] = [];
  for (const one of steps)
    if (one.atOnce && turns.length > 0) turns.at(-1)?.push(one);
    else turns.push([one]);
  return turns;
}

/** Callbacks in turns; the writes of a turn interleave. @returns for each content whether its genuine copy was accepted. */
async function play(world: World, contents: Content[], steps: Step[], { faults, pauses }: Store): Promise<boolean[]> {
  Object.assign(world.trouble, { faults: [...faults], pauses: [...pauses] });
  const accepted = contents.map(() => false);
  const captured = contents.map(({ content }) => sealedAnew(content));
  for (const turn of inTurns(steps)) {
    await Promise.all(
      turn.map(async (one) => {
        const index = one.content % contents.length;
        const { content, names } = contents[index] as Content;
        const body = one.anew ? sealedAnew(content) : captured[index];
        const { status } = await world.post({ ...(one.names ?? names), body });
        expect([ACCEPTED, 503]).toContain(status);
        if (!one.names && status === ACCEPTED) accepted[index] = true;
      }),
    );
  }
  return accepted;
}

/** The genuine sender tries until it is accepted. */
async function tryAgain(world: World, contents: Content[], accepted: boolean[]): Promise<void> {
  world.trouble.faults = [];
  for (const [index, { content, names }] of contents.entries())
    if (!accepted[index]) expect((await world.post({ ...names, body: sealedAnew(content) })).status).toBe(ACCEPTED);
}

const isToBeApplied = ({ kind, state }: EventRecord) => kind === 'merge' && (state === 'stored' || state === 'queued');

describe('promise 7: nothing genuine is lost by what is not signed', () => {
  const merge = { content: BODY, names: { id: 'e1', ...NAMES } };

  it('a merge among copies under any names, with a store that fails: it is applied once', async () => {
    await holds(
      fc.asyncProperty(history, store, async (steps, how) => {
        const world = openIntake();
        await tryAgain(world, [merge], await play(world, [merge], steps, how));
        const records = await world.records();
        expect(records).toHaveLength(1);
        expect(records.every(isToBeApplied)).toBe(true);
        expect(await world.payload(records[0]?.digest)).toMatchObject({ body: { mainID: 's' } });
      }),
    );
  });

  it('a merge of which only copies under other names got through: to be applied, or parked with an alarm', async () => {
    const named = history.map((steps) => steps.map((one) => ({ ...one, names: one.names ?? {} })));
    await holds(
      fc.asyncProperty(named, store, async (steps, how) => {
        const world = openIntake();
        await play(world, [merge], steps, how);
        const records = await world.records();
        expect(records.length).toBeLessThan(2);
        for (const record of records) {
          const isAlarmed = world.lines.some(
            ({ metric, eventId }) => metric === 'parked' && eventId === record.eventId,
          );
          expect(isToBeApplied(record) || (record.state === 'parked' && isAlarmed)).toBe(true);
        }
      }),
    );
  });

  it('different events under one id, among copies under any names: each is applied once', async () => {
    const contents = ['a', 'b', 'c'].map((loser) => ({
      content: { ...BODY, mergedIDs: [loser] },
      names: { id: 'e1', ...NAMES },
    }));
    await holds(
      fc.asyncProperty(history, store, async (steps, how) => {
        const world = openIntake();
        await tryAgain(world, contents, await play(world, contents, steps, how));
        const records = await world.records();
        expect(records.filter(isToBeApplied)).toHaveLength(3);
        expect(new Set(records.map(({ digest }) => digest)).size).toBe(records.length);
      }),
    );
  });

  it('a merge that cannot be read is parked with an alarm, whatever copies came before it', async () => {
    const unreadable = { content: { survivor: 's' }, names: { id: 'e1', ...NAMES } };
    await holds(
      fc.asyncProperty(history, store, async (steps, how) => {
        const world = openIntake();
        await tryAgain(world, [unreadable], await play(world, [unreadable], steps, how));
        const [record, ...others] = await world.records();
        expect(others).toEqual([]);
        expect(record).toMatchObject({ state: 'parked', reason: 'unreadable:mainID' });
        expect(world.lines).toContainEqual(expect.objectContaining({ metric: 'parked', eventId: record?.eventId }));
        expect(await world.payload(record?.digest)).toBeDefined();
      }),
    );
  });
});
