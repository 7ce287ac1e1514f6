import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CrmError } from '../../lib/errors.ts';
import { unlocked } from '../../lib/ledger/contacts.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { type AnyRecord, readRecord, writeRecord } from '../ledger/raw-records.ts';
import { createModelCrm, createScriptedCrm } from './crms.ts';
import { createMergeWorld, DAY, MINUTE, START, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };
const LATER = { id: 'e2', survivor: 't', losers: ['s'], at: 200 };

function open() {
  const { crm, sent } = createScriptedCrm();
  return { world: createMergeWorld({ crm }), sent };
}

type World = ReturnType<typeof open>['world'];

const idsIn = ({ messages }: World) => messages.map(({ pointer }) => pointer.eventId);

/** As a worker leaves an event when it dies: its lease still running, its contacts taken. */
async function diesHolding(world: World, id: string, contacts: string[], change: Partial<AnyRecord> = {}) {
  const stored = await readRecord(world.events, TENANT, id);
  if (!stored) throw new Error(`there is no event ${id}`);
  const worker = { id: 'dead', until: world.clock.now + DEFAULT_TIMING.leaseMs };
  const record = { ...stored.value, state: 'working', worker, ...change } as EventRecord;
  await writeRecord(world.events, TENANT, record, { expected: stored.version, dueAt: worker.until + MINUTE });
  for (const contact of contacts)
    await world.ours.contacts.update(contact, () => ({ lockedBy: { event: id, worker: 'dead', plan: 1 } }));
  world.messages.length = 0;
}

describe('one worker at a time', () => {
  it('promise 5: of two deliveries of one event at once, one works and the other waits for its end', async () => {
    const { world, sent } = open();
    await world.receive(TOLD);
    await world.queue.send({ tenant: TENANT, eventId: 'e1' });
    await Promise.all([world.deliverNext(), world.deliverNext()]);
    await world.drain();
    expect(sent).toHaveLength(1);
    expect((await world.record('e1')).state).toBe('applied');
    expect(world.failedDeliveries).toEqual([]);
  });

  it('a delivery that finds a worker comes back after that worker’s lease', async () => {
    const { world, sent } = open();
    await world.receive(TOLD);
    await diesHolding(world, 'e1', []);
    await world.queue.send({ tenant: TENANT, eventId: 'e1' });
    await world.deliverNext();
    expect(sent).toEqual([]);
    expect(world.delays.at(-1)).toBe(DEFAULT_TIMING.leaseMs / 1_000);
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
  });

  it('a lease outlives the function: no two workers ever have the same event', () => {
    const { functions } = parse(readFileSync(join(__dirname, '../../serverless.yml'), 'utf8'), {
      logLevel: 'silent',
    });
    const { timeout, environment } = functions.apply;
    expect(Number(environment.WORKER_LEASE_SECONDS)).toBeGreaterThan(timeout);
    expect(DEFAULT_TIMING.leaseMs).toBeGreaterThan(timeout * 1_000);
  });

  it('a worker whose event was taken over does nothing more', async () => {
    const model = createModelCrm();
    const world = createMergeWorld({ crm: model.crm });
    for (const contact of ['s', 'a', 'b']) model.model.seed(contact, {});
    const { merge } = model.crm;
    model.crm.merge = async (pair) => {
      const merged = await merge(pair);
      await diesHolding(world, 'e1', []); // Another worker has written the event's record meanwhile.
      return merged;
    };
    await world.receive({ ...TOLD, losers: ['a', 'b'] });
    await world.deliverNext();
    expect(model.merged()).toEqual(['a']);
    expect(model.diary).toEqual(['find', 'merge']);
    expect(world.failedDeliveries).toHaveLength(1);
  });
});

describe('one event at a time for each contact', () => {
  it('promise 4: events that share contacts, delivered all at once, all end', async () => {
    const model = createModelCrm();
    const world = createMergeWorld({ crm: model.crm });
    const contacts = Array.from({ length: 8 }, (_, index) => `c${index}`);
    for (const contact of contacts) model.model.seed(contact, {});
    for (let index = 0; index < 7; index++)
      await world.receive({ id: `e${index}`, survivor: `c${index + 1}`, losers: [`c${index}`], at: index + 1 });
    await Promise.all(contacts.map(() => world.deliverNext()));
    await world.drain();
    for (let index = 0; index < 7; index++) expect((await world.record(`e${index}`)).state).toBe('applied');
    expect(Object.keys(model.people())).toEqual(['c7']);
    for (const contact of contacts) expect((await world.contact(contact)).lockedBy).toBeUndefined();
  });

  it('an event that waits locks nothing meanwhile', async () => {
    const { world } = open();
    await world.receive(TOLD);
    await diesHolding(world, 'e1', ['s'], { progress: { step: 0, sent: true, attempts: 1 }, plan: 1 });
    await world.receive({ id: 'e2', survivor: 's', losers: ['x', 'y', 'z'], at: 200 });
    await world.deliverNext();
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
    for (const contact of ['x', 'y', 'z']) expect((await world.contact(contact)).lockedBy).toBeUndefined();
  });

  it('a lock counts for all contacts that were merged into the locked one', async () => {
    const { world } = open();
    await world.tell({ id: 'e0', survivor: 's', losers: ['old'], at: 50 });
    await world.receive(TOLD);
    await diesHolding(world, 'e1', ['s'], { progress: { step: 0, sent: true, attempts: 1 }, plan: 1 });
    await world.receive({ id: 'e2', survivor: 'old', losers: ['x'], at: 200 });
    await world.deliverNext();
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
  });
});

describe('what a dead worker had locked', () => {
  it('before it began to act, goes to the next event once its lease is over', async () => {
    const { world, sent } = open();
    await world.receive(TOLD);
    await diesHolding(world, 'e1', ['s', 'a']);
    await world.receive(LATER);
    await world.drain(MINUTE);
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
    world.clock.now += 15 * MINUTE;
    await world.queue.send({ tenant: TENANT, eventId: 'e2' }); // As reconcile does: the dead worker wakes no event.
    await world.drain();
    expect((await world.record('e2')).state).toBe('applied');
    expect(sent.map(({ key }) => key)).toEqual(['e2']);
    expect(await world.record('e1')).toMatchObject({ state: 'queued' });
    expect(await world.listed('open')).toEqual(['e1']); // Reconcile brings it back.
  });

  it('and if it was only slow, its next write fails and it stops', async () => {
    const { world } = open();
    await world.receive(TOLD);
    await diesHolding(world, 'e1', ['s', 'a']);
    const slow = await readRecord(world.events, TENANT, 'e1');
    world.clock.now += 2 * MINUTE;
    await world.tell(LATER);
    const { value, version: expected } = slow ?? { value: await world.record('e1'), version: 0 };
    expect(await writeRecord(world.events, TENANT, value, { expected, dueAt: 0 })).toBe(false);
  });

  it('promise 5: after it began to act, stays with its event, however long', async () => {
    const { world, sent } = open();
    await world.receive(TOLD);
    await diesHolding(world, 'e1', ['s', 'a'], { progress: { step: 0, sent: true, attempts: 1 }, plan: 1 });
    await world.receive(LATER);
    await world.drain();
    expect(sent).toEqual([]);
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
  });

  it('of an event that has ended, or is unknown, gives way', async () => {
    const { world } = open();
    await world.tell(TOLD);
    const leftOver = (event: string) => ({ lockedBy: { event, worker: 'dead', plan: 1 } });
    await world.ours.contacts.update('s', (contact) => ({ ...contact, ...leftOver('e1') }));
    await world.ours.contacts.update('t', () => leftOver('never-heard-of'));
    expect((await world.tell(LATER)).state).toBe('applied');
  });
});

describe('a worker that was only slow, and whose event and contacts another one took', () => {
  it('stops as one that lost its lease, and leaves none of its own locks', async () => {
    const { crm, model } = createModelCrm();
    const world = createMergeWorld({ crm });
    for (const contact of ['s', 'a', 't']) model.seed(contact, {});
    const { find } = crm;
    crm.find = async () => {
      crm.find = find;
      world.clock.now += DEFAULT_TIMING.leaseMs;
      await world.receive(LATER);
      await world.deliverNext();
      throw new CrmError('retry-soon', 'busy');
    };
    await world.receive(TOLD);
    await world.deliverNext();
    expect((await world.record('e2')).state).toBe('applied');
    const failed = world.lines.map((line) => JSON.parse(line)).filter(({ metric }) => metric === 'apply-failed');
    expect(failed).toMatchObject([{ eventId: 'e1', problem: 'LeaseLost' }]);
    for (const contact of ['s', 'a']) expect((await world.contact(contact)).lockedBy).toBeUndefined();
  });
});

describe('an event that waits for a contact', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `w${index}`);

  /** One event whose call is unanswered, and forty that wait for its survivor. */
  async function openHot() {
    const { crm, sent } = createScriptedCrm(new CrmError('ambiguous', 'silence'));
    const world = createMergeWorld({ crm, requestMs: 1 });
    await world.receive(TOLD);
    await world.deliverNext();
    for (const id of ids) await world.receive({ id, survivor: 's', losers: [`loser-${id}`] });
    for (const _ of ids) await world.deliverNext();
    return { world, sent };
  }

  /** The event that has the contact gets its answer. @returns the events that are woken. */
  async function leave(world: World): Promise<string[]> {
    world.clock.now += MINUTE;
    await world.deliverNext();
    expect((await world.record('e1')).state).toBe('applied');
    return idsIn(world);
  }

  it('is woken by the event that leaves it, in the order in which they came: two deliveries each', async () => {
    const { world, sent } = await openHot();
    expect((await world.contact('s')).waiting).toBe(true);
    expect(await world.drain()).toBe(1 + 40);
    expect(sent.map(({ key }) => key)).toEqual(['e1', 'e1', ...ids]);
    expect((await world.contact('s')).waiting).toBeUndefined();
    for (const id of ids) expect((await world.record(id)).state).toBe('applied');
  });

  it.each([
    ['unlocked', unlocked],
    ['left to an overtaken worker of its own', () => ({ lockedBy: { event: 'e2', worker: 'slow', plan: 1 } })],
  ])('and was %s meanwhile, does not wait, and leaves no mark', async (_how, change) => {
    const { crm } = createScriptedCrm(new CrmError('ambiguous', 'silence'));
    const world = createMergeWorld({ crm });
    await world.receive(TOLD);
    await world.deliverNext();
    const put = world.ledger.put;
    world.ledger.put = async (...write) => {
      if (write[0].kind === 'waiting') await world.ours.contacts.update('s', change);
      return put(...write);
    };
    await world.receive(LATER);
    await world.deliverNext();
    expect(idsIn(world)).toContain('e2');
    expect((await world.contact('s')).waiting).toBeUndefined();
  });

  it('is woken alone: the others are woken in their turns', async () => {
    const { world } = await openHot();
    expect(await leave(world)).toEqual(['w0']);
    expect((await world.contact('s')).waiting).toBe(true);
  });

  it('that is merged away, is woken together with all others: none of them would ever be the next', async () => {
    const { crm } = createScriptedCrm(new CrmError('ambiguous', 'silence'));
    const world = createMergeWorld({ crm, requestMs: 1 });
    await world.receive(TOLD);
    await world.deliverNext();
    for (const id of ['w0', 'w1', 'w2']) await world.receive({ id, survivor: 'a', losers: [`loser-${id}`] });
    for (const _ of [0, 1, 2]) await world.deliverNext();
    expect(await leave(world)).toEqual(['w0', 'w1', 'w2']);
  });

  it('is woken also where an event before it waits for its CRM by now', async () => {
    const retryAt = START + DAY;
    const { crm } = createScriptedCrm(
      new CrmError('retry-after', 'busy', { retryAt }),
      new CrmError('ambiguous', 'silence'),
    );
    const world = createMergeWorld({ crm });
    await world.tell({ id: 'e0', survivor: 'x', losers: ['y'] });
    await world.receive(TOLD);
    await world.deliverNext();
    await world.receive({ id: 'w0', survivor: 's', losers: ['b'] });
    await world.deliverNext();
    await world.ours.waiting.enter('s', { eventId: 'e0', at: 0 });
    expect(await leave(world)).toEqual(['e0', 'w0']);
  });

  it('and came too late when its turn had come, is the first of the next turn', async () => {
    const silence = new CrmError('ambiguous', 'silence');
    const { crm, sent } = createScriptedCrm(silence, { outcome: 'done' }, silence);
    const world = createMergeWorld({ crm, requestMs: 1 });
    await world.receive(TOLD);
    await world.deliverNext();
    for (const id of ['w0', 'w1']) await world.receive({ id, survivor: 's', losers: [`loser-${id}`] });
    for (const _ of [0, 1]) await world.deliverNext();
    expect((await world.record('w0')).turns).toBe(1);
    world.clock.now += MINUTE;
    await world.receive({ id: 'new', survivor: 's', losers: ['x'] });
    for (const _ of ['e1', 'new', 'w0']) await world.deliverNext();
    expect(await world.record('w0')).toMatchObject({ state: 'waiting', behind: 'new', turns: 2 });
    await world.drain();
    expect(sent.map(({ key }) => key)).toEqual(['e1', 'e1', 'new', 'new', 'w0', 'w1']);
  });

  it('is looked at again after a quarter of an hour, should it never be woken', async () => {
    const { world } = await openHot();
    const { resumeAt, updatedAt } = (await world.record('w0')) as EventRecord & { state: 'waiting' };
    expect(resumeAt - updatedAt).toBeGreaterThanOrEqual(15 * MINUTE - 10);
    expect(resumeAt - updatedAt).toBeLessThanOrEqual(15 * MINUTE);
  });

  it('which none does, costs no look into a waiting list', async () => {
    const { world } = open();
    await world.tell(TOLD);
    expect(world.reads.ledger.get('waiting')).toBeUndefined();
  });

  it('is woken also where an event before it has gone on by another message and left its place behind', async () => {
    const { crm } = createScriptedCrm({ outcome: 'done' }, new CrmError('ambiguous', 'silence'));
    const world = createMergeWorld({ crm });
    await world.tell({ id: 'e0', survivor: 'x', losers: ['y'] });
    await world.receive(TOLD);
    await world.deliverNext();
    for (const id of ['w0', 'w1']) await world.receive({ id, survivor: 's', losers: [`loser-${id}`] });
    while ((await world.record('w1')).state !== 'waiting') await world.deliverNext();
    await world.ours.waiting.enter('s', { eventId: 'e0', at: 0 });
    await world.drain(MINUTE);
    for (const id of ['w0', 'w1']) expect((await world.record(id)).state).toBe('applied');
  });

  it('that is merged away, goes on with its survivor', async () => {
    const { world } = await openHot();
    await world.receive({ id: 'last', survivor: 't', losers: ['s'], at: 300 });
    await world.drain();
    for (const id of [...ids, 'last']) expect((await world.record(id)).state).toBe('applied');
    expect((await world.contact('loser-w7')).mergedInto).toBe('s');
    expect((await world.contact('s')).mergedInto).toBe('t');
  });

  it('is woken when the event before it gives up', async () => {
    const { crm } = createScriptedCrm(new CrmError('retry-soon', 'busy'), { outcome: 'contradiction', code: 'no' });
    const world = createMergeWorld({ crm });
    await world.receive(TOLD);
    await world.deliverNext();
    await world.receive({ ...LATER, survivor: 's', losers: ['b'] });
    await world.deliverNext();
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
    await world.drain(MINUTE);
    expect((await world.record('e1')).state).toBe('parked');
    expect((await world.record('e2')).state).toBe('applied');
  });
});
