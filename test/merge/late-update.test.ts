import { CrmError } from '../../lib/errors.ts';
import { createModelCrm, HUBSPOT_LIKE, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, MINUTE } from './merge-world.ts';

const FIRST = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'older' }, at: 100 };
const SECOND = { id: 'e2', survivor: 's', losers: ['b'], changed: { remark: 'newer' }, at: 200 };

/** A CRM whose first update is given up after it was sent, and takes effect 40 seconds later. */
function openLateUpdate(rules = HUBSPOT_LIKE) {
  const model = createModelCrm({ rules });
  for (const contact of ['s', 'a', 'b']) model.model.seed(contact, {});
  const world = createMergeWorld({ crm: model.crm, mapping: { remark: 'remark' } });
  const { update } = model.crm;
  const late: { at: number; effect: () => void }[] = [];
  const writes: string[] = [];
  model.crm.update = (recordId, write) => {
    writes.push(String(write.values.remark));
    if (writes.length > 1) return update(recordId, write);
    late.push({ at: world.clock.now + 40_000, effect: () => model.model.update(recordId, write) });
    return Promise.reject(new CrmError('ambiguous', 'injected'));
  };
  const arrive = () => {
    for (const { effect } of late.splice(0)) effect();
  };
  return { world, model, writes, arrive };
}

describe('promise 4b: an update that takes effect after its caller gave up', () => {
  it('does not overwrite a later event: the event keeps its contacts until the call has settled', async () => {
    const { world, model, writes, arrive } = openLateUpdate();
    await world.receive(FIRST);
    await world.drain(MINUTE / 2);
    await world.receive(SECOND);
    await world.drain(MINUTE / 2);
    expect(writes).toEqual(['older']);
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
    arrive();
    await world.drain();
    expect(writes).toEqual(['older', 'older', 'newer']);
    expect(model.people()).toEqual({ s: { remark: 'newer' } });
  });

  it('nor does one that writes again what a merge was to write', async () => {
    const { world, model, writes, arrive } = openLateUpdate(SALESFORCE_LIKE);
    model.fail({ on: 'merge', when: 'after', error: new CrmError('ambiguous', 'injected') });
    await world.receive(FIRST);
    await world.drain(MINUTE / 2);
    await world.receive(SECOND);
    await world.drain(MINUTE / 2);
    expect(writes).toEqual(['older']);
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
    arrive();
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'applied' });
    expect(model.people()).toEqual({ s: { remark: 'newer' } });
  });

  it('a clear refusal of such an update is tried again without that wait', async () => {
    const model = createModelCrm({ rules: SALESFORCE_LIKE });
    for (const contact of ['s', 'a']) model.model.seed(contact, {});
    const world = createMergeWorld({ crm: model.crm, mapping: { remark: 'remark' } });
    model.fail({ on: 'merge', when: 'after', error: new CrmError('ambiguous', 'injected') });
    model.fail({ on: 'update', when: 'before', error: new CrmError('retry-soon', 'injected') });
    await world.receive(FIRST);
    await world.drain(MINUTE);
    expect((await world.record('e1')).state).toBe('applied');
  });
});
