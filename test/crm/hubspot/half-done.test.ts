import { createHubspotCrm } from '../../../lib/crm/hubspot/hubspot.ts';
import { property } from '../../lookalikes/hubspot-account.ts';
import { createMergeWorld, START, type Told } from '../../merge/merge-world.ts';
import { createAccount, ID_PROPERTY, seedContact } from './portal-world.ts';

const MERGE: Told = { id: 'e1', survivor: 'ada', losers: ['bob'], changed: { remark: 'US' }, at: 100 };

/** The whole way of an event, to an account whose admins have made `state` obligatory where there is a `country`. */
function open({ apiVersion = '2026-09', rule = true, mapping = { remark: 'country' } } = {}) {
  const clock = { now: START };
  const account = createAccount({ now: () => clock.now });
  const { portal } = account;
  for (const name of ['country', 'state']) portal.properties.set(name, property(name));
  if (rule) portal.rules.conditional.push({ when: 'country', needs: 'state' });
  const sleep = async (ms: number) => {
    clock.now += ms;
  };
  const access = { token: 'pat-test', fetch: account.fetch, now: () => clock.now, sleep, timeoutMs: 1_000 };
  const world = createMergeWorld({ crm: createHubspotCrm({ ...access, apiVersion }), clock, mapping });
  for (const id of ['ada', 'bob']) seedContact(account, id);
  const people = () =>
    [...portal.contacts.values()].map(({ values }) => [values.get(ID_PROPERTY), values.get('country') ?? '']);
  return { account, portal, world, people };
}

describe('a merge whose fields the account’s rules refuse', () => {
  const REASON = 'crm-refused:MISSING_CONDITIONAL_REQUIRED_PROPERTY.state';

  it('is done and known, its event is parked with the property’s name, and no contact is left held', async () => {
    const { portal, world, people } = open();
    expect(await world.tell(MERGE)).toMatchObject({ state: 'parked', reason: REASON });
    expect(portal.merges()).toBe(1);
    expect(people()).toEqual([['ada', '']]);
    expect((await world.contact('bob')).mergedInto).toBe('ada');
    for (const id of ['ada', 'bob']) expect((await world.contact(id)).lockedBy).toBeUndefined();
    const journal = await world.journal('e1');
    expect(journal.map(({ call, outcome }) => [call, outcome])).toEqual(
      expect.arrayContaining([
        ['merge', 'done'],
        ['update', 'permanent'],
      ]),
    );
    expect(JSON.stringify(journal)).toContain('MISSING_CONDITIONAL_REQUIRED_PROPERTY.state');
  });

  it('promise 5: is not made again when the event is repeated after the rule is loosened, and the fields are written', async () => {
    const { portal, world, people } = open();
    await world.tell(MERGE);
    await world.operate('e1', 'replay');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: REASON });
    portal.rules.conditional.length = 0;
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(portal.merges()).toBe(1);
    expect(people()).toEqual([['ada', 'US']]);
  });

  it('does not hold up a later merge of the same people', async () => {
    const { account, portal, world, people } = open();
    await world.tell(MERGE);
    seedContact(account, 'eve');
    expect((await world.tell({ id: 'e2', survivor: 'ada', losers: ['eve'], at: 200 })).state).toBe('applied');
    portal.rules.conditional.length = 0;
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(portal.merges()).toBe(2);
    expect(people()).toEqual([['ada', 'US']]);
  });

  it('with several losers, is parked once all of them are merged', async () => {
    const { account, portal, world } = open();
    seedContact(account, 'eve');
    const told = { ...MERGE, losers: ['bob', 'eve'] };
    expect(await world.tell(told)).toMatchObject({ state: 'parked', reason: REASON });
    portal.rules.conditional.length = 0;
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(portal.merges()).toBe(2);
  });

  it('goes through with version 2026-03, which does not know the rules', async () => {
    const { portal, world, people } = open({ apiVersion: '2026-03' });
    expect((await world.tell(MERGE)).state).toBe('applied');
    expect(portal.merges()).toBe(1);
    expect(people()).toEqual([['ada', 'US']]);
  });

  it('a rule that binds unrelated writes, too, names its property all the same', async () => {
    const { account, portal, world } = open({ mapping: { remark: 'nickname' } });
    portal.rules.bindsUnrelatedWrites = true;
    for (const contact of portal.contacts.values()) contact.values.set('country', 'US');
    expect(await world.tell(MERGE)).toMatchObject({ state: 'parked', reason: REASON });
    expect(account.broken).toEqual([]);
  });
});
