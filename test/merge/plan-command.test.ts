import { CrmError } from '../../lib/errors.ts';
import type { MergeEvent } from '../../lib/event.ts';
import { MAX_LOSERS_PER_PLAN, nextPart } from '../../lib/merge/plan/event-part.ts';
import { planFacts } from '../../lib/merge/plan/planning.ts';
import { createScriptedCrm, type Reply } from './crms.ts';
import { createMergeWorld, type Told } from './merge-world.ts';

const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' }, at: 100 };

function open(...script: Reply[]) {
  const { crm, sent } = createScriptedCrm(...script);
  return { world: createMergeWorld({ crm }), sent };
}

describe('what a command says', () => {
  it('of the contacts before the merge: the survivor as it was, each loser as the sender described it', async () => {
    const { world, sent } = open();
    await world.tell({ ...TOLD, old: { remark: 'old' }, mergedContacts: [{ remark: 'a’s' }] });
    expect(sent[0]?.command).toMatchObject({ old: { remark: 'old' }, mergedContacts: [{ remark: 'a’s' }] });
  });

  it('nothing that is no contact, whatever stands in the sender’s list', async () => {
    const { world, sent } = open();
    await world.tell({ ...TOLD, mergedContacts: [null, 'a', { remark: 'a’s' }, ['x'], 7] });
    expect(sent[0]?.command.mergedContacts).toEqual([{ remark: 'a’s' }]);
  });

  it('not what the tenant leaves out, wherever it stands', async () => {
    const { world, sent } = open();
    world.policy({ omitFields: ['remark'] });
    const contact = { remark: 'secret', position: 'p' };
    await world.tell({ ...TOLD, changed: contact, old: contact, mergedContacts: [contact] });
    const { changed, old, mergedContacts } = sent[0]?.command ?? {};
    expect([changed, old, mergedContacts]).toEqual([{ position: 'p' }, { position: 'p' }, [{ position: 'p' }]]);
  });

  it('the event’s fields, also where all its losers were merged before', async () => {
    const { world, sent } = open();
    await world.tell(TOLD);
    await world.tell({ ...TOLD, id: 'e2', changed: { remark: 'newer' }, at: 200 });
    expect(sent[1]).toMatchObject({ key: 'e2', command: { loserIds: [], changed: { remark: 'newer' } } });
  });

  it('promise 8: the plan has the command, and no records or problems: the CRM keeps its own', async () => {
    const { world } = open();
    await world.tell(TOLD);
    expect(await world.plan('e1')).toMatchObject({ before: [], problems: [], unknownInCrm: false });
  });
});

describe('promise 5: a command’s key', () => {
  it.each(['e1 张', `e1${'x'.repeat(127)}`, 'e1~2', '张e1'])(
    'is made from the whole id where that is no header value: %s',
    async (id) => {
      const { world, sent } = open();
      for (const one of [id, `${id}.`]) await world.tell({ ...TOLD, id: one, losers: [`a of ${one}`] });
      const keys = sent.map(({ key }) => key);
      expect(keys).toEqual([expect.stringMatching(/^sha256-[0-9a-f]{64}$/), expect.stringMatching(/^sha256-/)]);
      expect(new Set(keys).size).toBe(2);
    },
  );

  it.each(['e1', 'A_b-9', 'x'.repeat(128)])('is the id where that will do: %s', async (id) => {
    const { world, sent } = open();
    await world.tell({ ...TOLD, id });
    expect(sent[0]?.key).toBe(id);
  });
});

describe('a refusal without a code', () => {
  it('has a reason that says so', async () => {
    const { world } = open(new CrmError('permanent', 'as told'));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:no-code' });
  });
});

describe('the parts of an event', () => {
  const event = (losers: number, described: number) =>
    ({
      survivorId: 's',
      loserIds: Array.from({ length: losers }, (_, index) => `l${index}`),
      mergedContacts: Array.from({ length: described }, (_, index) => ({ remark: `${index}` })),
    }) as unknown as MergeEvent;
  const sizes = (told: MergeEvent, losersDone: number) => {
    const { event: part } = nextPart(told, losersDone);
    return [part.loserIds.length, part.mergedContacts.length];
  };

  it.each([
    ['as many as losers', 3_000, [1_000, 1_000]],
    ['more than losers', 3_005, [1_000, 1_005]],
    ['fewer than losers', 2_500, [1_000, 500]],
  ])('describe each contact once, where the sender describes %s', (_what, described, last) => {
    expect(sizes(event(3_000, described), 0)).toEqual([2_000, 2_000]);
    expect(sizes(event(3_000, described), 2_000)).toEqual(last);
  });

  it.each([1, MAX_LOSERS_PER_PLAN])('are not counted where one plan takes it whole: %i losers', (losers) => {
    expect(factsOf(losers)).not.toHaveProperty('part');
  });

  it('are counted from one loser more', () => {
    const losers = MAX_LOSERS_PER_PLAN + 1;
    expect(factsOf(losers)).toMatchObject({ part: { done: MAX_LOSERS_PER_PLAN, of: losers } });
  });

  function factsOf(losers: number) {
    const identities = { survivor: 's', absorbed: [], survivorIsGone: false };
    const chosen = { fields: [], decisions: [] };
    const facts = { survivor: {}, omit: [], missing: [], number: 1, madeAt: 0 };
    return planFacts({ ...nextPart(event(losers, 0), 0), identities, chosen, ...facts });
  }
});
