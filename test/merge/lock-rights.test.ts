import { CrmError } from '../../lib/errors.ts';
import type { ContactLock } from '../../lib/ledger/contacts.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { type AnyRecord, readRecord, writeRecord } from '../ledger/raw-records.ts';
import { createModelCrm, createScriptedCrm, type Reply } from './crms.ts';
import { createMergeWorld, FUNCTION_MS, HOUR, type MergeWorld, MINUTE, START, TENANT } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };
const LATER = { id: 'e2', survivor: 't', losers: ['s'], at: 200 };
const silent = () => new CrmError('ambiguous', 'as told');
const locked: Reply = { outcome: 'contradiction', code: 'locked' };

function open(...script: Reply[]) {
  const { crm, sent } = createScriptedCrm(...script);
  return { world: createMergeWorld({ crm }), sent };
}

/** A contact under a lock of e1, as a worker that died may leave it. */
const leaveLock = (world: MergeWorld, lock: Partial<ContactLock> = {}) =>
  world.ours.contacts.update('s', (contact) => ({
    ...contact,
    lockedBy: { event: 'e1', worker: 'dead', plan: 1, ...lock },
  }));

/** The event under a worker's lease for so long. */
async function putToWork(world: MergeWorld, worker: string, forMs: number, change: Partial<AnyRecord> = {}) {
  const stored = await readRecord(world.events, TENANT, 'e1');
  if (!stored) throw new Error('there is no event e1');
  const until = world.clock.now + forMs;
  const record = { ...stored.value, state: 'working', worker: { id: worker, until }, ...change } as EventRecord;
  await writeRecord(world.events, TENANT, record, { expected: stored.version, dueAt: until + MINUTE });
  world.messages.length = 0;
}

describe('a lock that was left over gives way at once', () => {
  it('where its event is parked, and no call of it is unanswered', async () => {
    const { world } = open(locked);
    expect((await world.tell(TOLD)).state).toBe('parked');
    await leaveLock(world);
    await world.receive(LATER);
    await world.drain(0);
    expect((await world.record('e2')).state).toBe('applied');
  });

  it('where its event is held by a volume limit', async () => {
    const { world } = open();
    world.policy({ limits: { mergesPerHour: 1, mergesPerSurvivorPerDay: 500 } });
    expect((await world.tell({ ...TOLD, losers: ['a', 'b'] })).state).toBe('held');
    await leaveLock(world);
    world.policy({ limits: { mergesPerHour: 100, mergesPerSurvivorPerDay: 500 } });
    await world.receive(LATER);
    await world.drain(0);
    expect((await world.record('e2')).state).toBe('applied');
    expect((await world.record('e1')).state).toBe('held');
  });

  it('where an earlier worker of its event left it, and the present one has another lease', async () => {
    const { world } = open();
    await world.receive(TOLD);
    await putToWork(world, 'present', MINUTE);
    await leaveLock(world);
    await world.receive(LATER);
    await world.drain(0);
    expect((await world.record('e2')).state).toBe('applied');
    expect(await world.record('e1')).toMatchObject({ state: 'working', worker: { id: 'present' } });
  });

  it('at the very end of its worker’s lease; its event is looked at again after a minute', async () => {
    const { world } = open();
    await world.receive(TOLD);
    await putToWork(world, 'dead', MINUTE);
    await leaveLock(world);
    await world.receive(LATER);
    world.clock.now += MINUTE - 1;
    await world.deliverNext();
    expect((await world.record('e2')).state).toBe('waiting');
    world.clock.now += 1;
    await world.receive({ ...LATER, id: 'e3', survivor: 'u' });
    await world.drain(0);
    expect((await world.record('e3')).state).toBe('applied');
    const due = (before: number) => world.ours.events.listed('open', { before, limit: 9 });
    const inAMinute = world.clock.now + world.timing.graceMs;
    expect((await due(inAMinute - 1)).map(({ id }) => id)).not.toContain('e1');
    expect((await due(inAMinute)).map(({ id }) => id)).toContain('e1');
  });
});

describe('promise 5: a lock stays', () => {
  it('while its event is parked with a call that is unanswered', async () => {
    const { world, sent } = open(silent(), new CrmError('auth', 'as told'));
    await world.tell(TOLD);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', progress: { sent: true } });
    const calls = sent.length;
    await world.receive(LATER);
    await world.drain(HOUR);
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
    expect(sent).toHaveLength(calls);
  });

  it('with its event’s next worker, when an earlier one that was slow stops before its plan began', async () => {
    const model = createModelCrm();
    for (const contact of ['s', 'a']) model.model.seed(contact, {});
    const world = createMergeWorld({ crm: model.crm });
    const { find } = model.crm;
    model.fail({ on: 'merge', when: 'after', error: silent() });
    model.crm.find = async () => {
      model.crm.find = find;
      world.clock.now += world.timing.leaseMs + 1;
      await world.queue.send({ tenant: TENANT, eventId: 'e1' });
      await world.deliverNext();
      throw new CrmError('retry-soon', 'as told');
    };
    await world.receive(TOLD);
    await world.deliverNext();
    expect(world.failedDeliveries).toHaveLength(1);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-ambiguous' });
    for (const contact of ['s', 'a'])
      expect((await world.contact(contact)).lockedBy).toMatchObject({ event: 'e1', plan: 1 });
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(model.merged()).toEqual(['a']);
  });
});

describe('a worker that leaves before its plan began', () => {
  it('unlocks a contact that another writer has changed meanwhile, and keeps that change', async () => {
    const model = createModelCrm();
    for (const contact of ['s', 'a']) model.model.seed(contact, {});
    const world = createMergeWorld({ crm: model.crm });
    const { find } = model.crm;
    model.crm.find = async () => {
      model.crm.find = find;
      await world.ours.contacts.update('s', (contact) => ({ ...contact, recordId: 'r1' }));
      throw new CrmError('retry-soon', 'as told');
    };
    await world.receive(TOLD);
    await world.deliverNext();
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-retry-soon' });
    expect(await world.contact('s')).toEqual({ recordId: 'r1' });
    expect(await world.contact('a')).toEqual({});
  });
});

/** A worker of e1 that stops before it unlocks; what happens until it goes on. */
async function stopsBeforeUnlocking(meanwhile: (world: MergeWorld) => Promise<void>) {
  const { world, sent } = open(locked, silent());
  const { put } = world.ledger;
  let isArmed = true;
  world.ledger.put = async (key, value, options) => {
    if (isArmed && sent.length === 1 && key.kind === 'contact') {
      isArmed = false;
      world.clock.now += world.timing.leaseMs + 1;
      await world.queue.send({ tenant: TENANT, eventId: 'e1' });
      await world.deliverNext();
      await meanwhile(world);
    }
    return put(key, value, options);
  };
  await world.receive(TOLD);
  await world.deliverNext();
  return { world, sent };
}

describe('promise 5: a worker that goes on after its event was parked by another', () => {
  it('does not unlock what the event’s replay has locked', async () => {
    const { world, sent } = await stopsBeforeUnlocking(async ({ operate, deliverNext }) => {
      await operate('e1', 'replay');
      await deliverNext();
    });
    expect(sent.map(({ key }) => key)).toEqual(['e1', 'e1~2']);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-ambiguous', plan: 2 });
    for (const contact of ['s', 'a'])
      expect((await world.contact(contact)).lockedBy).toMatchObject({ event: 'e1', plan: 2 });
    expect(world.failedDeliveries).toHaveLength(1);
  });

  it('does not unlock what another event has locked', async () => {
    const { world, sent } = await stopsBeforeUnlocking(async (during) => {
      await during.receive(LATER);
      await during.deliverNext();
    });
    expect(sent.map(({ key }) => key)).toEqual(['e1', 'e2']);
    expect((await world.record('e1')).state).toBe('parked');
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', reason: 'crm-ambiguous' });
    for (const contact of ['s', 't']) expect((await world.contact(contact)).lockedBy).toMatchObject({ event: 'e2' });
  });
});

describe('the last call of an invocation', () => {
  it('begins only where it ends before the worker’s lease, too', async () => {
    const clock = { now: START };
    const model = createModelCrm({ clock, callMs: 2_000 });
    const losers = Array.from({ length: 12 }, (_, index) => `l${index}`);
    for (const contact of ['s', ...losers]) model.model.seed(contact, {});
    const timing = { callMs: 10_000, leaseMs: 30_000 };
    const world = createMergeWorld({ crm: model.crm, clock, timing });
    const { merge } = model.crm;
    const left: number[] = [];
    let leaseEnds = 0;
    model.crm.merge = (pair) => {
      left.push(leaseEnds - clock.now);
      return merge(pair);
    };
    await world.receive({ ...TOLD, losers });
    for (; world.messages.length > 0; ) {
      leaseEnds = clock.now + timing.leaseMs;
      await world.drain(0);
    }
    expect(timing.leaseMs).toBeLessThan(FUNCTION_MS - timing.callMs);
    expect((await world.record('e1')).state).toBe('applied');
    expect(model.merged()).toEqual(losers);
    expect(left).toHaveLength(losers.length);
    for (const rest of left) expect(rest).toBeGreaterThan(timing.callMs);
  });
});
