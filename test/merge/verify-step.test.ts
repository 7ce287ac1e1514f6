import { CrmError, type CrmFailure } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { PropertyValues } from '../../lib/ports.ts';
import type { ModelRules } from '../simulation/model-record-crm.ts';
import { createModelCrm, type Fault, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, MINUTE, type Told } from './merge-world.ts';

const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' }, at: 100 };

const MAPPING = { remark: 'remark' };

const fault = (on: Fault['on'], kind: CrmFailure, when: Fault['when'] = 'before', code?: string): Fault => ({
  on,
  when,
  error: new CrmError(kind, 'as told', { code }),
});

function open(rules: Partial<ModelRules>, people: Record<string, PropertyValues>, mapping: JsonObject = MAPPING) {
  const opened = createModelCrm({ rules });
  const world = createMergeWorld({ crm: opened.crm, mapping });
  for (const [id, values] of Object.entries(people)) opened.model.seed(id, values);
  const calls = async () => (await world.journal('e1')).map(({ call, outcome, code }) => [call, outcome, code ?? '']);
  const recordOf = (contact: string) =>
    [...opened.model.records].find(([, { contactId }]) => contactId === contact)?.[0];
  return { ...opened, world, calls, recordOf };
}

describe('promise 5: a merge that is found to be done, whose values may not be written', () => {
  const people = { s: {}, a: {} };

  it('has them written to the record under the id it has now', async () => {
    const { world, fail, people: all, recordOf } = open({ ...SALESFORCE_LIKE, newIdAfterMerge: true }, people);
    fail(fault('merge', 'ambiguous', 'after'));
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(all()).toEqual({ s: { remark: 'new' } });
    expect((await world.contact('s')).recordId).toBe(recordOf('s'));
  });

  it('promise 8: the journal tells the question and the update', async () => {
    const { world, fail, calls } = open(SALESFORCE_LIKE, people);
    fail(fault('merge', 'ambiguous', 'after'), fault('update', 'retry-soon', 'before', 'BUSY'));
    await world.tell(TOLD);
    expect(await calls()).toEqual([
      ['merge', 'ambiguous', ''],
      ['probe', 'merged', ''],
      ['update', 'retry-soon', 'BUSY'],
      ['probe', 'merged', ''],
      ['update', 'done', ''],
    ]);
  });

  it('and whose update is turned away for now, has it sent again without a long wait', async () => {
    const { world, fail, people: all } = open(SALESFORCE_LIKE, people);
    fail(fault('merge', 'ambiguous', 'after'), fault('update', 'retry-soon'));
    await world.receive(TOLD);
    await world.drain(MINUTE);
    expect((await world.record('e1')).state).toBe('applied');
    expect(all()).toEqual({ s: { remark: 'new' } });
  });

  it('and whose update is refused, is parked; a replay writes them', async () => {
    const { world, fail, people: all, merged } = open(SALESFORCE_LIKE, people);
    fail(fault('merge', 'ambiguous', 'after'), fault('update', 'permanent', 'before', 'INVALID_OPTION'));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:INVALID_OPTION' });
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(all()).toEqual({ s: { remark: 'new' } });
    expect(merged()).toEqual(['a']);
  });
});

describe('promise 5: a creation without an answer', () => {
  function openEmpty(mapping: JsonObject = MAPPING) {
    const opened = open({}, {}, mapping);
    opened.world.policy({ whenMissing: 'create' });
    return opened;
  }

  it('that had taken effect: its record is the survivor’s from then on', async () => {
    const { world, fail, calls, recordOf } = openEmpty();
    fail(fault('create', 'ambiguous', 'after'));
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect((await world.contact('s')).recordId).toBe(recordOf('s'));
    expect(await calls()).toEqual([
      ['create', 'ambiguous', ''],
      ['probe', 'created', ''],
    ]);
  });

  it('that had not: is asked after until it has settled, then sent again', async () => {
    const { world, fail, calls } = openEmpty();
    fail(fault('create', 'ambiguous', 'before'));
    await world.tell(TOLD);
    const told = await calls();
    expect(told[0]).toEqual(['create', 'ambiguous', '']);
    expect(new Set(told.slice(1, -1).map((call) => call.join(' ')))).toEqual(new Set(['probe not-created ']));
    expect(told.at(-1)).toEqual(['create', 'done', '']);
  });

  it('that is asked after for what it was to write, and for nothing else', async () => {
    const { world, fail, crm } = openEmpty();
    const { find } = crm;
    const asked: string[][] = [];
    crm.find = (ids, properties) => {
      asked.push(properties);
      return find(ids, properties);
    };
    fail(fault('create', 'ambiguous', 'after'));
    await world.tell(TOLD);
    expect(asked).toEqual([['remark'], ['remark']]);
  });

  it.each([
    ['has nothing of what it was to say', {}, { remark: 'new' }],
    ['has it with nothing in it', { remark: '' }, { remark: 'new' }],
  ])('while another record that %s got the id: it is written there, and noted', async (_what, has, gets) => {
    const { world, fail, model, people, calls } = openEmpty({ remark: { to: 'remark', overwrite: 'if-empty' } });
    fail(fault('create', 'ambiguous'));
    await world.receive(TOLD);
    await world.drain(0);
    model.seed('s', has);
    await world.drain();
    expect(people()).toEqual({ s: gets });
    expect((await calls()).slice(-2)).toEqual([
      ['probe', 'created', ''],
      ['update', 'done', ''],
    ]);
  });

  it('while another record got the id: a field that the event emptied, and that is empty there, is not written', async () => {
    const { world, fail, model, diary } = openEmpty();
    fail(fault('create', 'ambiguous'));
    await world.receive({ ...TOLD, changed: { remark: '' } });
    await world.drain(0);
    model.seed('s', {});
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(diary).not.toContain('update');
  });

  it('promise 6: and two records by then: parked, for nothing says which is the right one', async () => {
    const { world, fail, model, calls } = openEmpty();
    fail(fault('create', 'ambiguous', 'after'));
    await world.receive(TOLD);
    await world.drain(0);
    model.seed('s', { remark: 'by hand' });
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'two-records-for-one-contact' });
    expect((await calls()).at(-1)).toEqual(['probe', 'doubtful', '']);
  });
});

describe('a defect while the CRM is asked after a merge', () => {
  it('is not taken for an answer: the delivery fails, and the event goes on with the next one', async () => {
    const { world, fail, crm, merged } = open({}, { s: {}, a: {} });
    const { locate } = crm;
    fail(fault('merge', 'ambiguous', 'after'));
    crm.locate = () => Promise.reject(new TypeError('a defect'));
    await world.tell(TOLD);
    expect(world.failedDeliveries).toHaveLength(1);
    expect((await world.record('e1')).state).toBe('working');
    crm.locate = locate;
    world.clock.now += world.timing.leaseMs;
    await world.queue.send({ tenant: 'acme', eventId: 'e1' });
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(merged()).toEqual(['a']);
  });
});
