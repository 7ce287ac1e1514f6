import { CrmError } from '../../lib/errors.ts';
import { createModelCrm, createScriptedCrm, type Reply } from './crms.ts';
import { createMergeWorld, type MergeWorld, START, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a', 'b'] };

/** The event's message comes again, after its worker's lease. */
async function comesAgain(world: MergeWorld): Promise<void> {
  world.clock.now += world.timing.leaseMs;
  await world.queue.send({ tenant: TENANT, eventId: 'e1' });
  await world.drain();
}

/** The calls of which a later worker found only the intent. */
const lost = async (world: MergeWorld) =>
  (await world.journal('e1'))
    .filter(({ code }) => code === 'worker-lost')
    .map(({ plan, step, attempt, call, outcome, at }) => ({ plan, step, attempt, call, outcome, at }));

/** A CRM of commands that answers as told, and whose worker dies in the call after that. */
async function diesAfter(...script: Reply[]) {
  const { crm, sent } = createScriptedCrm(...script);
  const { send } = crm;
  const world = createMergeWorld({ crm });
  crm.send = (command, key) => {
    if (sent.length < script.length || sent.length > script.length) return send(command, key);
    void send(command, key);
    return Promise.reject(new TypeError('the worker dies'));
  };
  await world.tell(TOLD);
  return { world, sent };
}

describe('promise 8: a call whose worker died before the answer was stored', () => {
  it('stands in the journal, as of the time it was made', async () => {
    const { world } = await diesAfter();
    await comesAgain(world);
    expect((await world.record('e1')).state).toBe('applied');
    expect(await lost(world)).toEqual([
      { plan: 1, step: 0, attempt: 1, call: 'command', outcome: 'ambiguous', at: START },
    ]);
    expect((await world.journal('e1')).map(({ outcome }) => outcome)).toEqual(['ambiguous', 'done']);
  });

  it('counts in the log of no turn: the worker that finds it did not make it', async () => {
    const { world } = await diesAfter();
    await comesAgain(world);
    const line = JSON.parse(world.lines.at(-1) ?? '{}');
    expect(line).toMatchObject({ message: 'event finished', crmDone: 1 });
    expect(line).not.toHaveProperty('crmUnanswered');
  });

  it('beside an earlier attempt that was answered', async () => {
    const { world } = await diesAfter(new CrmError('retry-soon', 'as told'));
    await comesAgain(world);
    expect(await lost(world)).toMatchObject([{ plan: 1, step: 0, attempt: 2 }]);
  });

  it('beside the call of an earlier plan that was answered', async () => {
    const { world } = await diesAfter({ outcome: 'contradiction', code: 'locked' });
    await world.operate('e1', 'replay');
    await world.drain();
    await comesAgain(world);
    expect(await lost(world)).toMatchObject([{ plan: 2, step: 0, attempt: 1 }]);
  });

  it('beside an earlier step that was done', async () => {
    const { crm, model, merged } = createModelCrm();
    const { merge } = crm;
    for (const contact of ['s', 'a', 'b']) model.seed(contact, {});
    const world = createMergeWorld({ crm });
    crm.merge = async (pair) => {
      const result = await merge(pair);
      if (merged().length === 2) throw new TypeError('the worker dies');
      return result;
    };
    await world.tell(TOLD);
    await comesAgain(world);
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a', 'b']);
    expect(await lost(world)).toMatchObject([{ plan: 1, step: 1, attempt: 1, call: 'merge' }]);
  });

  it('is told apart from one that got no answer, which was noted at once', async () => {
    const { crm } = createScriptedCrm(new CrmError('ambiguous', 'as told'));
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    expect((await world.journal('e1')).map(({ outcome }) => outcome)).toEqual(['ambiguous', 'done']);
    expect(await lost(world)).toEqual([]);
  });
});
