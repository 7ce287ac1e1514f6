import { CrmError, StoreError } from '../../lib/errors.ts';
import type { Documents, Outcome } from '../../lib/ports.ts';
import { askUndo } from '../../lib/undo/ask-undo.ts';
import { prepareUndo } from '../../lib/undo/prepare-undo.ts';
import { createModelCrm, createScriptedCrm, HUBSPOT_LIKE, SALESFORCE_LIKE } from '../merge/crms.ts';
import { createMergeWorld, HOUR, type MergeWorld, START, TENANT, type Told } from '../merge/merge-world.ts';
import type { ModelRules } from '../simulation/model-record-crm.ts';

const MAPPING = { remark: 'remark', position: 'position' };
const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' }, at: 100 };

const KINDS: [string, ModelRules, 'itself' | 'new-record'][] = [
  ['a CRM that keeps what it merged away', SALESFORCE_LIKE, 'itself'],
  ['a CRM that makes a new record', HUBSPOT_LIKE, 'new-record'],
];
type Kind = (typeof KINDS)[number];

function open([, rules, comesBackAs]: Kind = ['', SALESFORCE_LIKE, 'itself']) {
  const clock = { now: START };
  const model = createModelCrm({ clock, rules: { ...rules, comesBackAs } });
  const world = createMergeWorld({ crm: model.crm, clock, mapping: MAPPING });
  for (const contact of ['s', 'a', 'b', 'x'])
    model.model.seed(contact, { remark: `${contact} remark`, ...(contact !== 's' && { position: `${contact}’s` }) });
  return { ...model, world };
}

/** As `open`, with a queue of outcomes that fails so many times when an undo is published. */
function openTold(failures = 0) {
  const clock = { now: START };
  const model = createModelCrm({ clock, rules: { ...SALESFORCE_LIKE, comesBackAs: 'itself' } });
  const told: Outcome[] = [];
  let left = failures;
  const publish = async (outcome: Outcome) => {
    if (outcome.state === 'undone' && left-- > 0) throw new StoreError('injected');
    told.push(outcome);
  };
  const world = createMergeWorld({ crm: model.crm, clock, mapping: MAPPING, outcomes: { publish } });
  for (const contact of ['s', 'a', 'b']) model.model.seed(contact, { remark: `${contact} remark` });
  return { world, told, model };
}

describe('systems downstream of an undo', () => {
  const common = { tenant: TENANT, eventId: 'e1', survivorId: 's', loserIds: ['a', 'b'], at: expect.any(Number) };

  it('are told that the merge is taken back, once it is', async () => {
    const { world, told } = openTold();
    await world.tell(TOLD);
    await undo(world);
    expect(told).toEqual([
      { ...common, state: 'applied' },
      { ...common, state: 'undone' },
    ]);
  });

  it('are told later where their queue has failed, and no contact comes back twice for it', async () => {
    const { world, told, model } = openTold(2);
    await world.tell(TOLD);
    expect(await ask(world)).toBe('queued');
    for (let delivery = 0; delivery < 3; delivery++) {
      if (world.messages.length === 0) await world.queue.send({ tenant: TENANT, eventId: 'e1' });
      await world.drain();
      world.clock.now += HOUR;
    }
    expect(told.map(({ state }) => state)).toEqual(['applied', 'undone']);
    expect(model.model.returned).toEqual(['a', 'b']);
    expect(await world.record('e1')).toMatchObject({ state: 'applied', reason: 'undone' });
  });

  it('are told nothing of an undo that is refused', async () => {
    const { world, told } = openTold();
    await world.tell(TOLD);
    expect(await ask(world)).toBe('queued');
    world.policy({ mode: 'observe' });
    await world.drain();
    expect(told.map(({ state }) => state)).toEqual(['applied']);
  });
});

async function ask(world: MergeWorld, id = 'e1') {
  const record = (await world.ours.events.read(id))?.value;
  if (!record) throw new Error('no such event');
  const proposal = await prepareUndo(world.ours, record, world.tenant, { by: 'lin', now: world.clock.now });
  if ('refused' in proposal) throw new Error(proposal.refused);
  return askUndo(proposal, { ledger: world.ours, queue: world.queue, now: () => world.clock.now, by: 'lin' });
}

async function undo(world: MergeWorld, id = 'e1') {
  expect(await ask(world, id)).toBe('queued');
  await world.drain();
  return world.record(id);
}

const AS_BEFORE = {
  s: { remark: 's remark' },
  a: { remark: 'a remark', position: 'a’s' },
  b: { remark: 'b remark', position: 'b’s' },
  x: { remark: 'x remark', position: 'x’s' },
};
const withoutBlanks = (people: Record<string, Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(people).map(([id, values]) => [
      id,
      Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== '')),
    ]),
  );

describe.each(KINDS)('an undo in %s', (...kind) => {
  it('brings back each loser once, restores the survivor, and the ledger knows who did it', async () => {
    const { world, people, model } = open(kind);
    await world.tell(TOLD);
    const record = await undo(world);
    expect(record).toMatchObject({ state: 'applied', reason: 'undone', undone: { by: 'lin' } });
    expect(record).not.toHaveProperty('undo');
    expect(record).not.toHaveProperty('progress');
    expect(withoutBlanks(people())).toEqual(AS_BEFORE);
    expect(model.returned).toEqual(['a', 'b']);
    for (const loser of ['a', 'b']) {
      const contact = await world.contact(loser);
      expect(contact.mergedInto).toBeUndefined();
      expect(contact.lockedBy).toBeUndefined();
      expect(contact.undone).toEqual([{ with: 's', event: 'e1', by: 'lin', at: expect.any(Number) }]);
      const own = [...model.records].find(([, { contactId }]) => contactId === loser);
      expect(contact.recordId).toBe(own?.[0]);
    }
    const survivor = await world.contact('s');
    expect(survivor).not.toHaveProperty('lockedBy');
    expect(survivor.undone?.map((mark) => mark.with)).toEqual(['a', 'b']);
    expect(Object.values(survivor.clocks ?? {})).toEqual([]);
    expect(record.operatorActions).toMatchObject([{ by: 'lin', action: 'undo' }]);
  });

  it('a crash before or after any write or call, and an undo asked for again, still bring each back once', async () => {
    const whole = open(kind);
    await whole.world.tell(TOLD);
    const points = await countPoints(whole);
    expect(points).toBeGreaterThan(8);
    for (let point = 1; point <= points; point++)
      for (const when of ['before', 'after'] as const) {
        const one = open(kind);
        await one.world.tell(TOLD);
        await ask(one.world);
        const watch = crashAt(one, point, when);
        await one.world.drain(1_000);
        expect(watch.hasCrashed).toBe(true);
        watch.restore();
        await comeBack(one.world);
        const about = `${when} ${point}`;
        expect([about, await one.world.record('e1')]).toMatchObject([about, { state: 'applied', reason: 'undone' }]);
        expect([about, withoutBlanks(one.people())]).toEqual([about, AS_BEFORE]);
        expect([about, one.model.returned]).toEqual([about, ['a', 'b']]);
        for (const id of ['s', 'a', 'b'])
          expect([about, (await one.world.contact(id)).lockedBy]).toEqual([about, undefined]);
        for (const id of ['a', 'b']) expect((await one.world.contact(id)).mergedInto).toBeUndefined();
      }
  });

  it('a call without an answer is looked after before it is sent again', async () => {
    for (const when of ['before', 'after'] as const) {
      const { world, people, model, fail } = open(kind);
      await world.tell(TOLD);
      await ask(world);
      const error = new CrmError('ambiguous', 'no answer', { code: 'TIMEOUT' });
      fail({ on: 'bring-back', when, error }, { on: 'update', when, error });
      await world.drain();
      expect(await world.record('e1')).toMatchObject({ reason: 'undone' });
      expect(model.returned).toEqual(['a', 'b']);
      expect(withoutBlanks(people())).toEqual(AS_BEFORE);
    }
  });

  it('what is changed between plan and write is kept, and noted', async () => {
    const { world, model, people } = open(kind);
    await world.tell(TOLD);
    await ask(world);
    const [id = ''] = [...model.records].find(([, { contactId }]) => contactId === 's') ?? [];
    model.update(id, { values: { remark: 'by hand' } });
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ reason: 'undone' });
    expect(people().s).toMatchObject({ remark: 'by hand' });
  });
});

/** All calls at the CRM and writes to the tables, the next of which are counted. */
function crashAt(one: ReturnType<typeof open>, point: number, when: 'before' | 'after') {
  const { world, crm } = one;
  const state = { count: 0, hasCrashed: false, restore: (): void => undefined };
  const around =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (state.hasCrashed) throw new Error('dead');
      state.count += 1;
      const dies = state.count === point;
      if (dies && when === 'before') die(state);
      const result = await work(...args);
      if (dies) die(state);
      return result;
    };
  const undone: (() => void)[] = [];
  const patch = <T extends object, K extends keyof T>(target: T, name: K) => {
    const original = target[name];
    target[name] = around(original as never) as T[K];
    undone.push(() => {
      target[name] = original;
    });
  };
  for (const documents of [world.events, world.ledger] as Documents[]) patch(documents, 'put');
  patch(crm, 'update');
  if (crm.undo) patch(crm.undo, 'bringBack');
  state.restore = () => {
    for (const one of undone) one();
  };
  return state;
}

function die(state: { hasCrashed: boolean }): never {
  state.hasCrashed = true;
  throw new Error('the process dies');
}

async function countPoints(one: ReturnType<typeof open>): Promise<number> {
  await ask(one.world);
  const watch = crashAt(one, Number.MAX_SAFE_INTEGER, 'before');
  await one.world.drain();
  watch.restore();
  return watch.count;
}

/** The message comes back once the lease of the dead worker has ended. */
async function comeBack(world: MergeWorld): Promise<void> {
  for (let round = 0; round < 5; round++) {
    world.clock.now += HOUR;
    await world.queue.send({ tenant: 'acme', eventId: 'e1' });
    await world.drain();
  }
}

describe('an undo that is refused or half done', () => {
  const refusal = new CrmError('permanent', 'no', { code: 'LOCKED' });

  it('refused at the first call: everything is as it was, and it may be asked for again', async () => {
    const { world, fail, model } = open();
    await world.tell(TOLD);
    fail({ on: 'bring-back', when: 'before', error: refusal });
    expect(await undo(world)).toMatchObject({ state: 'applied', reason: 'undo-refused:crm-refused:LOCKED' });
    expect((await world.contact('a')).mergedInto).toBe('s');
    expect((await world.contact('s')).lockedBy).toBeUndefined();
    expect(model.returned).toEqual([]);
    expect(await undo(world)).toMatchObject({ state: 'applied', reason: 'undone' });
  });

  it('refused later: parked with its contacts locked; a replay goes on', async () => {
    const { world, fail, model } = open();
    await world.tell(TOLD);
    fail({ on: 'bring-back', when: 'before', after: 1, error: refusal });
    expect(await undo(world)).toMatchObject({ state: 'parked', reason: 'crm-refused:LOCKED' });
    expect((await world.contact('s')).lockedBy?.event).toBe('e1');
    expect((await world.contact('a')).mergedInto).toBe('s'); // The alias is cut when the CRM is done.
    await world.receive({ id: 'e2', survivor: 's', losers: ['x'], at: 200 });
    await world.drain();
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
    await world.operate('e1', 'replay');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ reason: 'undone' });
    expect(model.returned).toEqual(['a', 'b']);
    expect(await world.record('e2')).toMatchObject({ state: 'parked', reason: 'undone-by-operator' });
  });

  it('a step that was done by hand is settled, and the undo goes on after it', async () => {
    const { world, fail, model } = open();
    await world.tell(TOLD);
    fail({ on: 'bring-back', when: 'before', after: 1, error: refusal });
    await undo(world);
    model.seed('b', AS_BEFORE.b);
    expect(await world.operate('e1', 'settle-done')).toBe('queued');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ reason: 'undone' });
    expect(model.returned).toEqual(['a']);
  });

  it('what came between request and worker is looked at again under the lock', async () => {
    const { world, model } = open();
    await world.tell(TOLD);
    await ask(world);
    world.policy({ mode: 'observe' });
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'applied', reason: 'undo-refused:observe-mode' });
    world.policy({ mode: 'live' });
    await ask(world);
    const [id = ''] = [...model.records].find(([, { contactId }]) => contactId === 's') ?? [];
    model.update(id, { contactId: 'another', values: {} });
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ reason: 'undo-refused:survivor-not-found' });
    expect(model.returned).toEqual([]);
  });

  it('half-way, observe mode or another CRM stop it with its contacts locked; set back, a replay goes on', async () => {
    const { world, fail, model } = open();
    await world.tell(TOLD);
    fail({ on: 'bring-back', when: 'before', after: 1, error: refusal });
    await undo(world);
    const replay = async () => {
      await world.operate('e1', 'replay');
      await world.drain();
      return world.record('e1');
    };
    world.policy({ mode: 'observe' });
    expect(await replay()).toMatchObject({ state: 'parked', reason: 'observe-mode' });
    world.policy({ mode: 'live' });
    const { crm } = world.tenant;
    Object.assign(world.tenant, { crm: createScriptedCrm().crm });
    expect(await replay()).toMatchObject({ state: 'parked', reason: 'crm-changed' });
    expect((await world.contact('s')).lockedBy?.event).toBe('e1');
    expect(model.returned).toEqual(['a']);
    Object.assign(world.tenant, { crm });
    expect(await replay()).toMatchObject({ reason: 'undone' });
    expect(model.returned).toEqual(['a', 'b']);
  });

  it('a CRM that is down for two days leaves it parked, not forgotten: a replay goes on where it stopped', async () => {
    const { world, crm, model } = open();
    await world.tell(TOLD);
    const { undo: up } = crm;
    if (!up) throw new Error('it can undo');
    const down = async () => Promise.reject(new CrmError('retry-soon', 'down', { code: '503' }));
    Object.assign(crm, { undo: { ...up, bringBack: down } });
    await ask(world);
    await world.drain(72 * HOUR);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'gave-up:crm-retry-soon:503' });
    expect(model.returned).toEqual([]);
    expect((await world.contact('s')).lockedBy?.event).toBe('e1');
    Object.assign(crm, { undo: up });
    await world.operate('e1', 'replay');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ reason: 'undone' });
    expect(model.returned).toEqual(['a', 'b']);
  });

  it('of two operators one is told that it is not possible', async () => {
    const { world } = open();
    await world.tell(TOLD);
    expect(await ask(world)).toBe('queued');
    await expect(ask(world)).rejects.toThrow('not-applied');
  });
});

describe('events after an undo', () => {
  it('one that joins the two again, names either, or an alias of either, is parked; others are not', async () => {
    const { world } = open();
    await world.tell({ ...TOLD, id: 'e0', survivor: 'a', losers: ['b'], changed: {}, at: 50 });
    await world.tell({ ...TOLD, losers: ['a'] });
    await undo(world);
    expect(await world.tell({ id: 'e2', survivor: 's', losers: ['a'], at: 200 })).toMatchObject(PARKED);
    expect(await world.tell({ id: 'e3', survivor: 's', losers: ['x'], at: 300 })).toMatchObject(PARKED);
    expect(await world.tell({ id: 'e4', survivor: 'b', losers: ['x'], at: 400 })).toMatchObject(PARKED);
    expect(await world.tell({ id: 'e5', survivor: 'y', losers: ['x'], at: 500 })).toMatchObject({ state: 'applied' });
  });

  const PARKED = { state: 'parked', reason: 'undone-by-operator' };

  it('a contact merged into a loser before is the loser’s again, though its alias was shortened to the survivor', async () => {
    const { world } = open();
    await world.tell({ ...TOLD, id: 'e0', survivor: 'a', losers: ['b'], changed: {}, at: 50 });
    await world.tell({ ...TOLD, losers: ['a'] });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 150 });
    expect((await world.contact('b')).mergedInto).toBe('s');
    await undo(world);
    await world.tell({ id: 'e3', survivor: 'x', losers: ['b'], at: 300 });
    await world.operate('e3', 'replay');
    await world.drain();
    expect(await world.record('e3')).toMatchObject({ state: 'parked', reason: 'loser-claimed-twice' });
    await world.tell({ id: 'e4', survivor: 'b', losers: ['x'], at: 400 });
    await world.operate('e4', 'replay');
    await world.drain();
    expect(await world.record('e4')).toMatchObject({ state: 'applied' });
    expect((await world.contact('x')).mergedInto).toBe('a');
  });

  it('a replay of a parked one goes on deliberately, and once they are one again nothing is parked any more', async () => {
    const { world, people } = open();
    await world.tell({ ...TOLD, losers: ['a'] });
    await undo(world);
    await world.tell({ id: 'e2', survivor: 's', losers: ['a'], at: 200 });
    await world.operate('e2', 'replay');
    await world.drain();
    expect(await world.record('e2')).toMatchObject({ state: 'applied' });
    expect(Object.keys(people()).sort()).toEqual(['b', 's', 'x']);
    expect(await world.tell({ id: 'e3', survivor: 's', losers: ['x'], at: 300 })).toMatchObject({ state: 'applied' });
  });

  it('one is parked also where only one of several separated contacts is one with the survivor again', async () => {
    const { world } = open();
    await world.tell(TOLD);
    await undo(world);
    await world.tell({ id: 'e2', survivor: 's', losers: ['a'], at: 200 });
    await world.operate('e2', 'replay');
    await world.drain();
    expect(await world.record('e2')).toMatchObject({ state: 'applied' });
    expect(await world.tell({ id: 'e3', survivor: 's', losers: ['x'], at: 300 })).toMatchObject(PARKED);
  });

  it('who was separated is known of whoever the survivor becomes', async () => {
    const { world } = open();
    await world.tell({ ...TOLD, losers: ['a'] });
    await undo(world);
    await world.tell({ id: 'e2', survivor: 'x', losers: ['s'], at: 200 });
    await world.operate('e2', 'replay');
    await world.drain();
    expect(await world.record('e2')).toMatchObject({ state: 'applied' });
    expect(await world.tell({ id: 'e3', survivor: 'x', losers: ['b'], at: 300 })).toMatchObject(PARKED);
  });
});

describe('what the ledger gets back', () => {
  const clocks = async (world: MergeWorld) => (await world.contact('s')).clocks ?? {};

  it('the clock that a field had before: an event older than that does not overwrite it', async () => {
    const { world, people } = open();
    await world.tell({ ...TOLD, id: 'e0', losers: ['x'], changed: { remark: 'first' }, at: 50 });
    const before = await clocks(world);
    await world.tell({ ...TOLD, losers: ['a'] });
    expect(await clocks(world)).not.toEqual(before);
    await undo(world);
    expect(await clocks(world)).toEqual(before);
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], changed: { remark: 'late' }, at: 40 });
    await world.operate('e2', 'replay');
    await world.drain();
    expect(people().s).toMatchObject({ remark: 'first' });
  });

  it('an older field that the merge wrote for an earlier event is to be written again', async () => {
    const { world, people, model } = open();
    await world.tell({ id: 'e0', survivor: 'late', losers: ['later'], changed: { remark: 'said early' }, at: 50 });
    model.seed('late', { remark: 'its own' });
    await world.tell({ id: 'e1', survivor: 'late', losers: ['a'], at: 100 });
    expect(people().late).toMatchObject({ remark: 'said early' });
    const stored = (await world.contact('late')).clocks?.remark;
    await undo(world);
    expect((await world.contact('late')).clocks?.remark).toEqual({ ...stored, written: false });
  });

  it('a later merge of a contact without a record is taken back in the ledger, and then the one before it', async () => {
    const { world, people, model } = open();
    await world.tell({ ...TOLD, losers: ['a'] });
    await world.tell({ id: 'e2', survivor: 's', losers: ['nobody'], changed: { position: 'new' }, at: 200 });
    expect(await undo(world, 'e2')).toMatchObject({ state: 'applied', reason: 'undone' });
    expect((await world.contact('nobody')).mergedInto).toBeUndefined();
    expect(model.returned).toEqual([]);
    expect(withoutBlanks(people()).s).toEqual({ remark: 'new' });
    expect(await undo(world)).toMatchObject({ state: 'applied', reason: 'undone' });
    expect(withoutBlanks(people())).toEqual(AS_BEFORE);
  });
});

describe('an undo in a CRM that is told', () => {
  async function told(...answers: Parameters<typeof createScriptedCrm>) {
    const { crm, sent } = createScriptedCrm();
    const { crm: undoing, sent: unmerged } = createScriptedCrm(...answers);
    const world = createMergeWorld({ crm: { ...crm, unmerge: (command, key) => undoing.send(command, key) } });
    await world.tell(TOLD);
    return { world, sent, unmerged };
  }

  it('sends the same command under the same key until it is answered', async () => {
    const { world, unmerged } = await told(new CrmError('ambiguous', 'no answer', { code: 'TIMEOUT' }));
    expect(await undo(world)).toMatchObject({ state: 'applied', reason: 'undone' });
    expect(unmerged).toHaveLength(2);
    expect(unmerged[1]).toEqual(unmerged[0]);
    expect((await world.contact('a')).mergedInto).toBeUndefined();
  });

  it('a contradiction leaves everything as it was', async () => {
    const { world } = await told({ outcome: 'contradiction', code: 'locked' });
    expect(await undo(world)).toMatchObject({ reason: 'undo-refused:crm-contradiction:locked' });
    expect((await world.contact('a')).mergedInto).toBe('s');
  });
});
