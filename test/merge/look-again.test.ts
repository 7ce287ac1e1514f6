import { CrmError } from '../../lib/errors.ts';
import type { Plan, Step } from '../../lib/ledger/plans.ts';
import { isOld, withoutFilled } from '../../lib/merge/execute/look-again.ts';
import { createModelCrm, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, MINUTE, START, type Told } from './merge-world.ts';

describe('a plan', () => {
  const plan = { madeAt: START } as Plan;

  it('is old from a minute on', () => {
    expect(isOld(plan, { now: START + MINUTE - 1 })).toBe(false);
    expect(isOld(plan, { now: START + MINUTE })).toBe(true);
  });

  it('is old where the settings are younger', () => {
    expect(isOld(plan, { now: START, settingsSince: START })).toBe(false);
    expect(isOld(plan, { now: START, settingsSince: START + 1 })).toBe(true);
  });
});

describe('a step, where properties have been filled meanwhile', () => {
  const values = { a: 1, b: 2 };
  const update = (ifEmpty?: string[]): Step => ({ kind: 'update', write: { values }, ...(ifEmpty && { ifEmpty }) });
  const merge: Step = { kind: 'merge', losers: ['r'], contacts: ['c'] };

  it('does not write those that are only written where there is nothing', () => {
    expect(withoutFilled(update(['a']), ['a'])).toEqual({ ...update(['a']), write: { values: { b: 2 } } });
    expect(withoutFilled({ ...merge, write: { values }, ifEmpty: ['b'] }, ['b'])).toMatchObject({
      write: { values: { a: 1 } },
    });
  });

  it('writes all others: that are always written, and that are still empty', () => {
    expect(withoutFilled(update(['a']), ['b'])).toEqual(update(['a']));
    expect(withoutFilled(update(['a', 'b']), ['c'])).toEqual(update(['a', 'b']));
    expect(withoutFilled(update(), ['a'])).toEqual(update());
  });

  it.each<[string, Step, string[]]>([
    ['that writes nothing', merge, ['a']],
    ['that makes a record', { kind: 'create', write: { values }, ifEmpty: ['a'] }, ['a']],
    ['that is a command', { kind: 'command', key: 'k' } as Step, ['a']],
    ['where nothing was filled', update(['a']), []],
  ])('%s stays as it is', (_what, step, filled) => {
    expect(withoutFilled(step, filled)).toBe(step);
  });
});

describe('promise 8: the journal of a plan that waited', () => {
  const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' }, at: 100 };

  /** The CRM turns the merge away for five minutes; what happens meanwhile. */
  async function waited(meanwhile: (model: ReturnType<typeof createModelCrm>) => void) {
    const clock = { now: START };
    const model = createModelCrm({ clock, rules: SALESFORCE_LIKE });
    for (const contact of ['s', 'a']) model.model.seed(contact, {});
    const retryAt = START + 5 * MINUTE;
    model.fail({ on: 'merge', when: 'before', error: new CrmError('retry-after', 'busy', { code: 'BUSY', retryAt }) });
    const world = createMergeWorld({ crm: model.crm, clock, mapping: { remark: 'remark' } });
    await world.receive(TOLD);
    await world.drain(MINUTE);
    meanwhile(model);
    await world.drain(20 * MINUTE);
    const calls = (await world.journal('e1')).map(({ call, outcome, code }) => [call, outcome, code ?? '']);
    return { record: await world.record('e1'), calls };
  }

  it('says that a look made it doubtful', async () => {
    const { record, calls } = await waited(({ model }) => {
      for (const one of model.records.values()) if (one.contactId === 'a') one.contactId = 'z';
    });
    expect(record).toMatchObject({ state: 'parked', reason: 'loser-record-lost-its-contact-id' });
    expect(calls.at(-1)).toEqual(['probe', 'doubtful', '']);
  });

  it('says that the CRM could not be asked, and goes on once it can', async () => {
    const { record, calls } = await waited((model) => {
      model.fail({ on: 'find', when: 'before', error: new CrmError('retry-soon', 'down', { code: 'DOWN' }) });
    });
    expect(record).toMatchObject({ state: 'applied' });
    expect(calls).toContainEqual(['probe', 'retry-soon', 'DOWN']);
    expect(calls.at(-1)).toEqual(['merge', 'done', '']);
  });
});
