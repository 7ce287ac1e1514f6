import { createHubspotLinking } from '../../lib/crm/hubspot/linking.ts';
import { createLocalRateBudget } from '../../lib/crm/rate-budget.ts';
import { CrmError, StoreError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createContactLinks } from '../../lib/linking/contact-links.ts';
import type { EventKey } from '../../lib/linking/search-records.ts';
import type { Fetch } from '../../lib/ports.ts';
import { createAccount, ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { createModelCrm } from './crms.ts';
import { createMergeWorld, DAY, MINUTE, START, TENANT } from './merge-world.ts';

const LINK = { events: ['mobile', 'email'] as EventKey[], country: 'CN', sharedByAtMost: 5 };
const EXPORT = { at: START, contacts: 0, keys: ['mobile', 'email'], country: 'CN' };
const ADA = { mobiles: ['138 0013 8001'], email: 'Ada@example.com' };

interface Options {
  searchLagMs?: number;
  /** Before each call: may answer in the CRM's place, or throw. */
  between?: (url: string, call: () => Promise<Response>) => Promise<Response>;
}

/** The service around HubSpot's look-alike, with an export remembered that has nobody in it. */
async function open({ searchLagMs = 0, between = (_url, call) => call() }: Options = {}) {
  const clock = { now: START };
  const account = createAccount({ now: () => clock.now, quirks: { searchLagMs } });
  const fetch: Fetch = (url, init) => between(url, () => account.fetch(url, init));
  const now = () => clock.now;
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    clock.now += ms;
  };
  const budget = createLocalRateBudget(now);
  const linking = createHubspotLinking({ fetch, token: 'pat-test', now, sleep, timeoutMs: 10_000, budget });
  const links = createContactLinks(async () => linking, LINK);
  const merges = createModelCrm();
  const world = createMergeWorld({ crm: merges.crm, links, clock, policy: { link: LINK } });
  await world.ours.knownKeys.setBase({ salt: 'salt', remembered: EXPORT });
  const send = (id: string, contactId: string, changed: JsonObject, contactEvents = true) => {
    const body = { id: contactId, account: 'W1', triggerTs: START / 1000, traceID: id, changed };
    const envelope = { id, event: 'CRM_CONTACT', action: 'CRM_CONTACT_CREATE', body };
    return world.receiveBody(JSON.stringify(envelope), undefined, { contactEvents });
  };
  const tell = async (...event: Parameters<typeof send>) => {
    await send(...event);
    await world.drain();
    return world.record(event[0]);
  };
  const idOf = (recordId: string) => account.portal.byId(recordId)?.values.get(ID_PROPERTY) || undefined;
  const writes = () => account.seen.filter(({ path }) => path.includes('/batch/update')).length;
  return { ...world, merges, account, portal: account.portal, send, tell, idOf, writes, budget, slept };
}

describe('an event about one contact', () => {
  it('promise 12: writes its id on the one record it is, and nothing else', async () => {
    const { tell, portal, idOf, writes, account, journal } = await open();
    const ada = portal.create({ mobilephone: '+86 138-0013-8001', email: 'ada@example.com', firstname: 'Ada' }).id;
    const before = Object.fromEntries(portal.byId(ada)?.values ?? []);
    expect(await tell('e1', 'ada', ADA)).toMatchObject({ state: 'applied', reason: 'linked' });
    expect(Object.fromEntries(portal.byId(ada)?.values ?? [])).toEqual({ ...before, [ID_PROPERTY]: 'ada' });
    expect(portal.contacts.size).toBe(1);
    expect(await journal('e1')).toMatchObject([{ call: 'link', outcome: 'done' }]);
    // Two searches, two reads, two look-ups of the id, a write.
    expect(account.seen.length).toBeLessThanOrEqual(7);
    expect(await tell('e2', 'ada', ADA)).toMatchObject({ state: 'skipped', reason: 'not-linked:already-linked' });
    expect([writes(), idOf(ada)]).toEqual([1, 'ada']);
  });

  it('waits in the queue, not in its worker, while the CRM’s rate limit is used up', async () => {
    const between = async (_url: string, call: () => Promise<Response>) => {
      // Another worker is told to pause while this event's first call is under way.
      if (account.seen.length === 0) await budget.pause(START + 20_000);
      return call();
    };
    const { tell, portal, idOf, account, budget, slept, clock } = await open({ between });
    const ada = portal.create({ mobilephone: '13800138001' }).id;
    expect(await tell('e1', 'ada', ADA)).toMatchObject({ state: 'applied', reason: 'linked' });
    expect([idOf(ada), clock.now >= START + 20_000]).toEqual(['ada', true]);
    expect(slept.filter((ms) => ms > 3_000)).toEqual([]);
  });

  it('is not stored where the tenant does not want such events', async () => {
    const { tell, ours } = await open();
    const record = await tell('e1', 'ada', ADA, false);
    expect(record).toMatchObject({ state: 'ignored', reason: 'not-a-merge' });
    expect((await ours.contents.read(record.digest))?.payload).toBeUndefined();
  });

  it('is skipped where no rules for linking are set', async () => {
    const world = createMergeWorld({ crm: createModelCrm().crm });
    const { knownKeys } = world.ours;
    await knownKeys.setBase({ salt: 'salt', remembered: EXPORT });
    const body = { id: 'ada', changed: ADA };
    const envelope = { id: 'e1', event: 'CRM_CONTACT', action: 'x', body };
    await world.receiveBody(JSON.stringify(envelope), undefined, { contactEvents: true });
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'skipped', reason: 'not-linked:linking-off' });
    // Whose its numbers are was not remembered.
    expect(await knownKeys.base(() => 'other')).toEqual({ salt: 'salt' });
  });

  it('in observe mode writes nothing', async () => {
    const { tell, portal, policy, writes } = await open();
    portal.create({ mobilephone: '13800138001' });
    policy({ mode: 'observe' });
    expect(await tell('e1', 'ada', ADA)).toMatchObject({ state: 'skipped', reason: 'not-linked:observe-mode' });
    expect(writes()).toBe(0);
  });

  it('promise 12: never overwrites an id, and of two contacts with one number the second gets none', async () => {
    const { tell, portal, idOf, writes } = await open();
    const record = portal.create({ mobilephone: '13800138001' }).id;
    expect(await tell('e1', 'ada', { ...ADA, email: '' })).toMatchObject({ reason: 'linked' });
    expect(await tell('e2', 'bob', { ...ADA, email: '' })).toMatchObject({ reason: 'not-linked:several-contacts' });
    expect([idOf(record), writes()]).toEqual(['ada', 1]);
  });

  it('is not linked once its contact was merged away', async () => {
    const world = await open();
    await world.receive({ id: 'm1', survivor: 'eve', losers: ['ada'] });
    await world.drain();
    world.portal.create({ mobilephone: '13800138001' });
    expect(await world.tell('e1', 'ada', ADA)).toMatchObject({ reason: 'not-linked:contact-merged' });
  });

  it('promise 12: a number of a contact that was merged away before its own event came is not another contact’s alone', async () => {
    const world = await open();
    await world.receive({ id: 'm1', survivor: 'eve', losers: ['ada'] });
    await world.drain();
    const record = world.portal.create({ mobilephone: '13800138001' }).id;
    expect(await world.tell('e1', 'ada', { ...ADA, email: '' })).toMatchObject({ reason: 'not-linked:contact-merged' });
    expect(await world.tell('e2', 'bob', { ...ADA, email: '' })).toMatchObject({
      reason: 'not-linked:several-contacts',
    });
    expect(world.idOf(record)).toBeUndefined();
  });

  it('promise 12: a number of a contact whose event waits for its turn is not another contact’s alone', async () => {
    const world = await open();
    const { merges, portal, send, deliverNext, drain, record, idOf } = world;
    for (const contact of ['ada', 'eve']) merges.model.seed(contact, {});
    merges.fail({ on: 'merge', when: 'before', error: new CrmError('ambiguous', 'silence') });
    await world.receive({ id: 'm1', survivor: 'eve', losers: ['ada'] });
    await deliverNext();
    const shared = portal.create({ mobilephone: '13800138001' }).id;
    await send('e1', 'ada', { ...ADA, email: '' });
    await deliverNext();
    expect(await record('e1')).toMatchObject({ state: 'waiting', behind: 'm1' });
    await send('e2', 'bob', { ...ADA, email: '' });
    await drain();
    expect(await record('e2')).toMatchObject({ reason: 'not-linked:several-contacts' });
    expect(idOf(shared)).toBeUndefined();
  });

  it('promise 12: once a contact went by unread, nothing is unique until the next export is remembered', async () => {
    const { send, tell, drain, portal, idOf, clock, record, ours } = await open();
    const ada = portal.create({ mobilephone: '13800138001' }).id;
    await send('e1', 'bob', { ...ADA, email: '' });
    clock.now += 91 * DAY;
    await drain();
    expect(await record('e1')).toMatchObject({ state: 'parked', reason: 'payload-expired' });
    expect(await tell('e2', 'ada', { ...ADA, email: '' })).toMatchObject({ reason: 'not-linked:export-not-known' });
    await ours.knownKeys.setBase({ salt: 'salt', remembered: EXPORT });
    expect(await tell('e3', 'ada', { ...ADA, email: '' })).toMatchObject({ reason: 'linked' });
    expect(idOf(ada)).toBe('ada');
  });

  it('of a record that the search does not know yet says that there is none', async () => {
    const { tell, portal } = await open({ searchLagMs: 10 * MINUTE });
    portal.create({ mobilephone: '13800138001' });
    expect(await tell('e1', 'ada', ADA)).toMatchObject({ reason: 'not-linked:no-match' });
  });

  it('reads the record that an old index names, and believes what it reads', async () => {
    const { tell, portal, writes } = await open({
      between: async (url, call) => {
        const answer = await call();
        if (url.includes('/search')) portal.update(record, { mobilephone: '13800138009' });
        return answer;
      },
    });
    const record = portal.create({ mobilephone: '13800138001' }).id;
    expect(await tell('e1', 'ada', { ...ADA, email: '' })).toMatchObject({ reason: 'not-linked:no-match' });
    expect(writes()).toBe(0);
  });

  it.each(['before', 'after'])('promise 5: a write without an answer (%s its effect) is done once', async (when) => {
    let isFirst = true;
    const { tell, portal, idOf, journal, clock, timing } = await open({
      between: async (url, call) => {
        if (!url.includes('/batch/update') || !isFirst) return call();
        isFirst = false;
        if (when === 'after') await call();
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
      },
    });
    const record = portal.create({ mobilephone: '13800138001' }).id;
    expect(await tell('e1', 'ada', ADA)).toMatchObject({ state: 'applied', reason: 'linked' });
    expect(idOf(record)).toBe('ada');
    expect((await journal('e1'))[0]).toMatchObject({ call: 'link', outcome: 'ambiguous' });
    // Once more only when the first can arrive no more: on a record that may have been given another id by then.
    const settled = START + timing.settleMs;
    expect(clock.now >= settled).toBe(when === 'before');
    expect(clock.now).toBeLessThan(settled + 5 * MINUTE);
  });

  it.each([
    ['no record', false, { state: 'skipped', reason: 'not-linked:no-match' }],
    ['another record', true, { state: 'applied', reason: 'linked' }],
  ])('promise 5: and is %s by the key meanwhile: waits until that write cannot arrive any more', async (...row) => {
    const [, isAnother, end] = row;
    let isFirst = true;
    const { send, portal, idOf, clock, drain, record } = await open({
      between: async (url, call) => {
        if (!url.includes('/batch/update') || !isFirst) return call();
        isFirst = false;
        portal.update(first, { mobilephone: '13800138009' });
        if (isAnother) others.push(portal.create({ mobilephone: '13800138001' }).id);
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
      },
    });
    const others: string[] = [];
    const first = portal.create({ mobilephone: '13800138001' }).id;
    await send('e1', 'ada', { ...ADA, email: '' });
    await drain(5 * MINUTE);
    expect((await record('e1')).state).toBe('waiting');
    expect(others.map(idOf)).toEqual(others.map(() => undefined));
    await drain();
    expect(await record('e1')).toMatchObject(end);
    expect(clock.now).toBeGreaterThan(START + 15 * MINUTE);
    expect(others.map(idOf)).toEqual(others.map(() => 'ada'));
  });

  it.each(['before', 'after'])(
    'promise 5: a worker that dies %s the write is followed by one that asks',
    async (when) => {
      let isFirst = true;
      const world = await open({
        between: async (url, call) => {
          if (!url.includes('/batch/update') || !isFirst) return call();
          isFirst = false;
          if (when === 'after') await call();
          // Its lease ends while it waits, and another worker takes the event.
          world.clock.now += world.timing.leaseMs + MINUTE;
          await world.queue.send({ tenant: TENANT, eventId: 'e1' });
          await world.deliverNext();
          throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
        },
      });
      const record = world.portal.create({ mobilephone: '13800138001' }).id;
      expect(await world.tell('e1', 'ada', ADA)).toMatchObject({ state: 'applied', reason: 'linked' });
      expect([world.idOf(record), world.writes()]).toEqual(['ada', 1]);
    },
  );

  it('a person who links the record in the moment before the write is not overwritten', async () => {
    let searched = 0;
    const { tell, portal, idOf, journal } = await open({
      between: async (url, call) => {
        const answer = await call();
        if (url.includes('/batch/read') && ++searched === 2) portal.update(record, { [ID_PROPERTY]: 'by-hand' });
        return answer;
      },
    });
    const record = portal.create({ mobilephone: '13800138001' }).id;
    expect((await tell('e1', 'ada', ADA)).reason).toMatch(/^not-linked:/);
    expect(idOf(record)).toBe('by-hand');
    expect(await journal('e1')).toMatchObject([{ call: 'link', outcome: 'record-changed' }]);
  });

  it('waits where another event is about to write on the record', async () => {
    const { tell, portal, ours, clock, idOf } = await open();
    const recordId = portal.create({ mobilephone: '13800138001' }).id;
    await ours.linkIntents.takeRecord({ eventId: 'other', contactId: 'bob', recordId }, clock.now - 10 * MINUTE);
    expect(await tell('e1', 'ada', ADA)).toMatchObject({ state: 'applied', reason: 'linked' });
    expect(clock.now).toBeGreaterThan(START + 5 * MINUTE);
    expect(idOf(recordId)).toBe('ada');
  });

  it.each([
    ['searching', 0],
    ['about to write', 2],
    ['looking once more before it writes', 3],
  ])('begins no call after the function’s time (%s), and goes on in the next one', async (_what, fast) => {
    let calls = 0;
    const { send, portal, idOf, clock, deliverNext, drain, record, journal } = await open({
      between: async (_url, call) => {
        calls += 1;
        if (calls > fast && clock.now < START + 60_000) clock.now += 20_000;
        return call();
      },
    });
    const ada = portal.create({ mobilephone: '13800138001' }).id;
    await send('e1', 'ada', { ...ADA, email: '' });
    await deliverNext();
    // No call begins in the last 30 s of the function's 60.
    expect(calls).toBe(fast + 2);
    expect([await record('e1'), idOf(ada)]).toMatchObject([{ state: 'waiting', reason: 'crm-retry-soon' }, undefined]);
    expect(await journal('e1')).toEqual([]);
    await drain();
    expect([await record('e1'), idOf(ada)]).toMatchObject([{ state: 'applied', reason: 'linked' }, 'ada']);
  });

  it('waits while another event has its contact, and is linked afterwards', async () => {
    const world = await open();
    const { send, merges, portal, idOf, deliverNext, drain, record } = world;
    for (const contact of ['ada', 'bob']) merges.model.seed(contact, {});
    merges.fail({ on: 'merge', when: 'before', error: new CrmError('ambiguous', 'silence') });
    await world.receive({ id: 'm1', survivor: 'ada', losers: ['bob'] });
    await deliverNext();
    const ada = portal.create({ mobilephone: '13800138001' }).id;
    await send('e1', 'ada', ADA);
    await deliverNext();
    expect(await record('e1')).toMatchObject({ state: 'waiting', behind: 'm1' });
    await drain();
    expect([await record('e1'), idOf(ada)]).toMatchObject([{ state: 'applied', reason: 'linked' }, 'ada']);
  });

  it('of a number that only a contact merged into it has, too: is linked', async () => {
    const world = await open();
    const { tell, portal, idOf } = world;
    expect(await tell('e0', 'bob', ADA)).toMatchObject({ reason: 'not-linked:no-match' });
    await world.receive({ id: 'm1', survivor: 'ada', losers: ['bob'] });
    await world.drain();
    const ada = portal.create({ mobilephone: '13800138001' }).id;
    expect(await tell('e1', 'ada', ADA)).toMatchObject({ reason: 'linked' });
    expect(idOf(ada)).toBe('ada');
  });

  it('whose content has expired before it was worked on is parked', async () => {
    const { send, clock, drain, record } = await open();
    await send('e1', 'ada', ADA);
    clock.now += 91 * DAY;
    await drain();
    expect(await record('e1')).toMatchObject({ state: 'parked', reason: 'payload-expired' });
  });

  it('does not take a failing table for an answer of the CRM: the delivery fails, and its message comes again', async () => {
    const { send, ledger, portal, deliverNext, failedDeliveries, record } = await open();
    portal.create({ mobilephone: '13800138001' });
    const { get } = ledger;
    ledger.get = (key) => (key.kind === 'link-event' ? Promise.reject(new StoreError('injected')) : get(key));
    await send('e1', 'ada', ADA);
    await deliverNext();
    expect(failedDeliveries).toHaveLength(1);
    expect((await record('e1')).state).toBe('working');
  });

  it('waits where the CRM is down, says why, and is linked afterwards', async () => {
    let isDown = true;
    const { send, portal, idOf, deliverNext, drain, record } = await open({
      between: async (_url, call) => (isDown ? new Response('', { status: 503 }) : call()),
    });
    const ada = portal.create({ mobilephone: '13800138001' }).id;
    await send('e1', 'ada', ADA);
    await deliverNext();
    expect(await record('e1')).toMatchObject({ state: 'waiting', reason: expect.stringMatching(/^crm-retry-soon/) });
    isDown = false;
    await drain();
    expect([await record('e1'), idOf(ada)]).toMatchObject([{ state: 'applied', reason: 'linked' }, 'ada']);
  });

  it('parks where the CRM refuses', async () => {
    const down = await open({
      between: async (url, call) =>
        url.includes('/search')
          ? new Response('{"status":"error","category":"MISSING_SCOPES"}', { status: 403 })
          : call(),
    });
    expect(await down.tell('e1', 'ada', ADA)).toMatchObject({ state: 'parked', reason: 'crm-auth:MISSING_SCOPES' });
  });
});
