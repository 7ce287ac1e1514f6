import { CrmError } from '../../lib/errors.ts';
import { eraseEvent } from '../../lib/forget/erase.ts';
import { planErasure } from '../../lib/forget/plan-erasure.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { readEventStory } from '../../lib/merge/event-story.ts';
import type { Documents } from '../../lib/ports.ts';
import { askUndo } from '../../lib/undo/ask-undo.ts';
import { prepareUndo } from '../../lib/undo/prepare-undo.ts';
import { createModelCrm, createScriptedCrm } from '../merge/crms.ts';
import { createMergeWorld, type MergeWorld, TENANT, type Told } from '../merge/merge-world.ts';

const MAPPING = { remark: 'remark', address: 'address' };
const HERS = 'hers';
const HIS = 'his';
const VALUE = 'a value of hers';

const told = (id: string, survivor: string, losers: string[], whose: string): Told => ({
  id,
  survivor,
  losers,
  changed: { remark: `${whose}: changed by ${id}` },
  old: { remark: `${whose}: old of ${id}` },
  mergedContacts: losers.map((loser) => ({ remark: `${whose}: details of ${loser}` })),
});

/** c was merged into b, b into a; y into x, who is another person. */
async function open() {
  const { crm, model } = createModelCrm({ rules: { comesBackAs: 'itself' } });
  const world = createMergeWorld({ crm, mapping: MAPPING });
  for (const id of ['a', 'b', 'c']) model.seed(id, { remark: `${HERS}: record of ${id}` });
  for (const id of ['x', 'y']) model.seed(id, { remark: `${HIS}: record of ${id}` });
  await world.tell(told('e1', 'b', ['c'], HERS));
  await world.tell(told('e2', 'x', ['y'], HIS));
  await world.tell(told('e3', 'a', ['b'], HERS));
  await world.tell(told('e4', 'a', ['unknown-to-the-crm'], HERS));
  return world;
}

const by = 'lin';
const depsOf = (world: MergeWorld, ledger = world.ours) => ({ ledger, now: () => world.clock.now, by });

async function forget(world: MergeWorld, contact: string, ledger = world.ours) {
  const erasure = await planErasure(ledger, contact);
  for (const event of erasure.events) await eraseEvent(event, depsOf(world, ledger));
  return erasure;
}

/** All that is kept of the events, as text. */
async function kept(world: MergeWorld, ids = ['e1', 'e2', 'e3', 'e4']): Promise<string> {
  const stories = ids.map(async (id) => {
    const record = (await world.ours.events.read(id))?.value;
    if (!record) throw new Error(`there is no event ${id}`);
    const content = await world.ours.contents.read(record.digest);
    return { content, ...(await readEventStory(world.ours, record)) };
  });
  return JSON.stringify(await Promise.all(stories));
}

async function undo(world: MergeWorld, id: string) {
  const record = (await world.ours.events.read(id))?.value;
  if (!record) throw new Error(`there is no event ${id}`);
  const proposal = await prepareUndo(world.ours, record, world.tenant, { by, now: world.clock.now });
  if ('refused' in proposal) throw new Error(proposal.refused);
  const asked = await askUndo(proposal, { ...depsOf(world), queue: world.queue });
  return { proposal, asked };
}

describe('promise 11: a person is forgotten', () => {
  const undoPlans = async (world: MergeWorld, id: string) => JSON.stringify(await world.ours.undoPlans.all(id));

  it('with what was kept to take a merge back', async () => {
    const world = await open();
    await undo(world, 'e2');
    await world.drain();
    expect(await undoPlans(world, 'e2')).toContain(`${HIS}: record of y`);
    const { events } = await planErasure(world.ours, 'y');
    expect(events).toMatchObject([{ eventId: 'e2', plans: [1], undoPlans: [1] }]);
    await forget(world, 'y');
    expect(await undoPlans(world, 'e2')).not.toContain(HIS);
    expect(await world.ours.undoPlans.all('e2')).toMatchObject([{ survivor: 'x', losers: ['y'], erased: true }]);
    expect((await planErasure(world.ours, 'y')).events).toMatchObject([{ isErased: true, plans: [], undoPlans: [] }]);
  });

  it('also where everything else of the event is not kept any more', async () => {
    const world = await open();
    await undo(world, 'e2');
    await world.drain();
    await world.ours.contents.erase((await world.record('e2')).digest);
    await world.ours.plans.erase('e2', world.clock.now - 1);
    await forget(world, 'y');
    expect(await undoPlans(world, 'e2')).not.toContain(HIS);
  });

  it('an undo that is asked for while its event is erased leaves no values behind', async () => {
    const world = await open();
    const record = (await world.ours.events.read('e2'))?.value;
    if (!record) throw new Error('there is no such event');
    const proposal = await prepareUndo(world.ours, record, world.tenant, { by, now: world.clock.now });
    if ('refused' in proposal) throw new Error(proposal.refused);
    await forget(world, 'y');
    expect(await askUndo(proposal, { ...depsOf(world), queue: world.queue })).toBe('not-possible');
    expect(await undoPlans(world, 'e2')).not.toContain(HIS);
  });

  it('an undo that is not over is not erased', async () => {
    const world = await open();
    await undo(world, 'e2');
    expect(await planErasure(world.ours, 'y')).toMatchObject({ events: [], underWay: ['e2'] });
    expect(await eraseEvent({ eventId: 'e2' }, depsOf(world))).toBe(false);
  });

  it('all contacts that are one person by now, whichever of them is named', async () => {
    const world = await open();
    for (const contact of ['a', 'b', 'c', 'unknown-to-the-crm']) {
      const { survivor, contacts } = await planErasure(world.ours, contact);
      expect([survivor, [...contacts].sort()]).toEqual(['a', ['a', 'b', 'c', 'unknown-to-the-crm']]);
    }
  });

  it('a plan says what there is, and changes nothing', async () => {
    const world = await open();
    const before = await kept(world);
    const { events, underWay, seen } = await planErasure(world.ours, 'c');
    expect(events.map(({ eventId, payload, plans }) => [eventId, payload, plans]).sort()).toEqual([
      ['e1', true, [1]],
      ['e3', true, [1]],
      ['e4', true, [1]],
    ]);
    expect(events.find(({ eventId }) => eventId === 'e4')).toMatchObject({ losesReplay: true });
    expect([underWay, seen]).toEqual([[], 4]);
    expect(await kept(world)).toBe(before);
  });

  it('no value is left, the facts are, and another person’s values are untouched', async () => {
    const world = await open();
    await forget(world, 'b');
    const left = await kept(world);
    expect(left).not.toContain(HERS);
    expect(left).toContain(`${HIS}: record of y`);
    expect(left).toContain(`${HIS}: details of y`);
    expect(await world.record('e3')).toMatchObject({
      state: 'applied',
      erased: true,
      operatorActions: [{ by, action: 'forget' }],
    });
    const { journal, plans } = await readEventStory(world.ours, (await world.record('e3')) as never);
    expect(journal.length).toBeGreaterThan(0);
    expect(plans[0]).toMatchObject({ identities: { survivor: 'a', absorbed: ['b'] }, erased: true });
    expect((await world.ours.contacts.read('c')).value).toMatchObject({ mergedInto: expect.any(String) });
  });

  it('a further copy of an erased event does not bring its values back, and is not another event', async () => {
    const world = await open();
    await forget(world, 'a');
    await world.receive(told('e1', 'b', ['c'], HERS));
    await world.drain();
    const { digest } = (await world.record('e1')) as unknown as { digest: string };
    const content = { eventId: 'another-id', payload: { event: '', action: '', body: { remark: HERS }, sentAt: 0 } };
    expect(await world.ours.contents.claim(digest, content, world.clock.now + 1)).toBe(false);
    await world.ours.contents.addPayload(digest, content.payload, world.clock.now + 1);
    expect(await kept(world)).not.toContain(HERS);
  });

  it('an erased event cannot be replayed', async () => {
    const world = await open();
    expect(await world.operate('e4', 'replay')).toBe('queued');
    await world.drain();
    await forget(world, 'a');
    expect(await world.operate('e4', 'replay')).toBe('not-possible');
  });

  it('an event that meets its erased content all the same is parked as such', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm });
    await world.receive(told('e1', 'a', ['b'], HERS));
    const record = (await world.ours.events.read('e1'))?.value as unknown as JsonObject;
    await world.ours.contents.erase(String(record.digest));
    const stored = await world.events.get<JsonObject>({ tenant: TENANT, kind: 'event', id: 'e1' });
    const key = { tenant: TENANT, kind: 'event', id: 'e1' };
    await world.events.put(key, { ...stored?.value, erased: true }, { expected: stored?.version ?? 0 });
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'values-erased' });
    expect(sent).toEqual([]);
  });

  it.each(['stored', 'an unanswered call'])('nothing is erased of an event that is not over: %s', async (how) => {
    const silent = Array.from({ length: 9_999 }, () => new CrmError('ambiguous', 'silence'));
    const world = createMergeWorld({ crm: createScriptedCrm(...silent).crm });
    await world.receive(told('e1', 'a', ['b'], HERS));
    if (how !== 'stored') await world.drain(48 * 3_600_000);
    const before = await kept(world, ['e1']);
    const { events, underWay } = await planErasure(world.ours, 'a');
    expect([events, underWay]).toEqual([[], ['e1']]);
    expect(await eraseEvent({ eventId: 'e1' }, depsOf(world))).toBe(false);
    expect(await kept(world, ['e1'])).toBe(before);
  });

  it('an event that nothing but its content names is found by it: one that was never planned', async () => {
    const world = createMergeWorld({ crm: createScriptedCrm().crm, policy: { mode: 'observe' } });
    await world.tell(told('e1', 'a', ['a'], HERS)); // Parked: it merges a contact into itself.
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'self-merge' });
    await forget(world, 'a');
    expect(await kept(world, ['e1'])).not.toContain(HERS);
  });

  it.each([
    ['under a key', { mainID: { number: 1 }, mergedContacts: { a: { remark: VALUE } } }],
    ['as a number', { mainID: { number: 1 }, mergedIDs: [4711], remark: VALUE }],
    ['deep inside', { mainID: [], mergedIDs: [[{ who: ['a'] }]], remark: VALUE }],
  ])('an event that cannot be read is found by an id that stands %s', async (_where, body) => {
    const world = createMergeWorld({ crm: createScriptedCrm().crm });
    await world.receiveBody(JSON.stringify({ id: 'odd', event: 'CRM_MERGE', action: 'CRM_MERGE', body }));
    expect((await world.record('odd')).reason).toMatch(/^unreadable:/);
    for (const contact of ['4711', 'a']) await forget(world, contact);
    expect(await kept(world, ['odd'])).not.toContain(VALUE);
    expect(await world.record('odd')).toMatchObject({ erased: true });
  });

  it('promise 10: the same contact id of another tenant is another person', async () => {
    const world = await open();
    const theirs = createLedger({ events: world.events, ledger: world.ledger }, 'outlet');
    const before = await kept(world);
    const erasure = await forget(world, 'a', theirs);
    expect(erasure).toMatchObject({ contacts: ['a'], events: [], underWay: [], seen: 0 });
    expect(await kept(world)).toBe(before);
  });

  it('an id that was never seen finds nothing, and erases nothing', async () => {
    const world = await open();
    const before = await kept(world);
    expect(await forget(world, 'never-seen')).toMatchObject({ contacts: ['never-seen'], events: [], seen: 4 });
    expect(await kept(world)).toBe(before);
  });

  it('stopped before or after any write and run again, it ends as in one go', async () => {
    for (let writes = 0; ; writes++) {
      const world = await open();
      const left = { writes, isOver: false };
      const dying = createLedger({ events: mortal(world.events, left), ledger: mortal(world.ledger, left) }, TENANT);
      await forget(world, 'c', dying).catch(() => undefined);
      await forget(world, 'c');
      expect(await kept(world)).not.toContain(HERS);
      expect((await world.record('e3')).operatorActions).toHaveLength(1);
      if (!left.isOver) break;
    }
  });
});

/** Dies after so many writes. */
function mortal(documents: Documents, left: { writes: number; isOver: boolean }): Documents {
  return {
    ...documents,
    async put(key, value, options) {
      if (left.writes === 0) left.isOver = true;
      if (left.isOver) throw new Error('dead');
      left.writes -= 1;
      return documents.put(key, value, options);
    },
  };
}
