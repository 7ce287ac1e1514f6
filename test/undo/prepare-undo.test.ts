import { CrmError } from '../../lib/errors.ts';
import { eraseEvent } from '../../lib/forget/erase.ts';
import { askUndo } from '../../lib/undo/ask-undo.ts';
import { prepareUndo, type UndoProposal } from '../../lib/undo/prepare-undo.ts';
import { refusalSentence, UNDO_REFUSALS, type UndoRefusalName } from '../../lib/undo/refusals.ts';
import { createModelCrm, createScriptedCrm, HUBSPOT_LIKE, SALESFORCE_LIKE } from '../merge/crms.ts';
import {
  createMergeWorld,
  DAY,
  type MergeWorld,
  type MergeWorldOptions,
  START,
  type Told,
} from '../merge/merge-world.ts';

const MAPPING = { remark: 'remark', position: 'position' };
const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' }, at: 100 };

function open(
  rules = SALESFORCE_LIKE,
  comesBackAs: 'itself' | 'new-record' = 'itself',
  more: Partial<MergeWorldOptions> = {},
) {
  const clock = { now: START };
  const model = createModelCrm({ clock, rules: { ...rules, comesBackAs } });
  const world = createMergeWorld({ crm: model.crm, clock, mapping: MAPPING, ...more });
  const ids = Object.fromEntries(
    ['s', 'a', 'b', 'c'].map((contact) => [
      contact,
      model.model.seed(contact, {
        remark: `${contact} remark`,
        ...(contact === 's' ? {} : { position: `${contact}’s` }),
      }),
    ]),
  );
  return { ...model, world, ids };
}

const recordOf = async (world: MergeWorld, id: string) => (await world.ours.events.read(id))?.value;

async function plan(world: MergeWorld, id = 'e1') {
  const record = await recordOf(world, id);
  if (!record) throw new Error('no such event');
  return prepareUndo(world.ours, record, world.tenant, { by: 'lin', now: world.clock.now });
}

async function proposal(world: MergeWorld): Promise<UndoProposal> {
  const answer = await plan(world);
  if ('refused' in answer) throw new Error(answer.refused);
  return answer;
}

const outcomes = ({ contacts }: UndoProposal) =>
  contacts.map(({ role, contactId, fields }) => [
    role,
    contactId,
    Object.fromEntries(fields.map(({ property, outcome }) => [property, outcome])),
  ]);

describe('the plan of an undo', () => {
  it('names who stays, who comes back as itself, and restores what only the merge has changed', async () => {
    const { world, ids, changes, diary } = open();
    await world.tell(TOLD);
    const before = [changes().length, world.writes.events.length, world.writes.ledger.length];
    const undo = await proposal(world);
    expect(outcomes(undo)).toEqual([
      ['survivor', 's', { remark: 'restore' }],
      ['loser', 'a', { remark: 'restore', position: 'restore' }],
    ]);
    expect(undo.contacts.map(({ recordId, comesBackAs }) => [recordId, comesBackAs])).toEqual([
      [ids.s, undefined],
      [ids.a, 'itself'],
    ]);
    expect(undo.cannot).toHaveLength(1);
    // Reading only: neither the CRM nor the ledger was written.
    expect([changes().length, world.writes.events.length, world.writes.ledger.length]).toEqual(before);
    expect(diary.at(-1)).toBe('find');
  });

  it('a blank that the merge filled is emptied again; a field changed by hand since is kept', async () => {
    const { world, model } = open(HUBSPOT_LIKE, 'new-record');
    await world.tell(TOLD);
    const [survivor] = [...model.records].filter(([, { contactId }]) => contactId === 's');
    expect(survivor?.[1].values).toEqual({ remark: 'new', position: 'a’s' });
    expect(outcomes(await proposal(world))[0]).toEqual(['survivor', 's', { position: 'restore', remark: 'restore' }]);
    model.update(survivor?.[0] ?? '', { values: { remark: 'by hand' } });
    const undo = await proposal(world);
    expect(outcomes(undo)[0]).toEqual(['survivor', 's', { position: 'restore', remark: 'kept' }]);
    expect(undo.plan.steps).toEqual([
      expect.objectContaining({ kind: 'bring-back' }),
      { kind: 'restore', contact: 's', fields: [{ property: 'position', from: 'a’s', to: null }] },
    ]);
  });

  it('a field that is as it was before is not written', async () => {
    const { world, model, ids } = open();
    await world.tell(TOLD);
    model.update(ids.s ?? '', { values: { remark: 's remark' } });
    expect(outcomes(await proposal(world))[0]).toEqual(['survivor', 's', { remark: 'as-before' }]);
  });

  it('a field that the CRM does not let be written is said not to come back', async () => {
    const { world, crm } = open();
    const { undo } = crm;
    if (!undo) throw new Error('it can undo');
    Object.assign(undo, { writable: async () => ['position'] });
    await world.tell(TOLD);
    expect(outcomes(await proposal(world))[0]).toEqual(['survivor', 's', { remark: 'cannot' }]);
  });

  it('the property with the contact’s id comes back on a new record, though no write may set it', async () => {
    const { world, crm, model, ids } = open(HUBSPOT_LIKE, 'new-record');
    const { undo } = crm;
    if (!undo) throw new Error('it can undo');
    Object.assign(undo, { writable: async (names: string[]) => names.filter((name) => name !== 'id_here') });
    model.update(ids.a ?? '', { values: { id_here: 'a', other: 'b' } });
    await world.tell(TOLD);
    expect(outcomes(await proposal(world))[1]).toMatchObject(['loser', 'a', { id_here: 'restore', other: 'restore' }]);
  });

  it('a contact that had no record is named: it comes back in the ledger alone', async () => {
    const { world } = open();
    await world.tell({ ...TOLD, losers: ['a', 'nobody'] });
    const undo = await proposal(world);
    expect(undo.contacts.at(-1)).toMatchObject({ contactId: 'nobody', comesBackAs: 'no-record', fields: [] });
  });

  it('a CRM that is told gets the merge’s own command, with who takes it back and when', async () => {
    const { crm, sent } = createScriptedCrm();
    const world = createMergeWorld({ crm: { ...crm, unmerge: async () => ({ outcome: 'done' }) } });
    await world.tell(TOLD);
    const { plan: made } = await proposal(world);
    const [step] = made.steps;
    expect(step).toEqual({
      kind: 'tell',
      key: `${sent[0]?.key}-undo`,
      command: { ...sent[0]?.command, undoneBy: 'lin', undoneAt: new Date(world.clock.now).toISOString() },
    });
    expect(sent).toHaveLength(1);
  });
});

/** Each refusal, and how it comes about. */
const REFUSALS: Record<UndoRefusalName, () => Promise<{ world: MergeWorld; id?: string; by?: string | undefined }>> = {
  async 'not-a-merge'() {
    const { world } = open();
    await world.receiveBody(JSON.stringify({ id: 'x1', event: 'CRM_X', action: 'OTHER', body: { a: 1 } }));
    return { world, id: 'x1' };
  },
  async 'not-applied'() {
    const { world, fail } = open();
    fail({ on: 'merge', when: 'before', error: new CrmError('permanent', 'no', { code: 'LOCKED' }) });
    await world.tell(TOLD);
    return { world, by: 'parked' };
  },
  async 'nothing-merged'() {
    const { world } = open();
    await world.tell({ ...TOLD, survivor: 'x', losers: ['y'] });
    return { world, by: 'unknown-in-crm' };
  },
  async 'crm-changed'() {
    const { world, crm } = open();
    await world.tell(TOLD);
    const by = crm.name;
    Object.assign(world.tenant.crm, { name: 'another' });
    return { world, by };
  },
  async 'already-undone'() {
    const { world } = open();
    await world.tell(TOLD);
    await askUndo(await proposal(world), {
      ledger: world.ours,
      queue: world.queue,
      now: () => world.clock.now,
      by: 'lin',
    });
    await world.drain();
    return { world };
  },
  async 'too-large'() {
    const { world } = open();
    await world.tell(TOLD);
    await rewritePlan(world, { part: { done: 2_000, of: 2_001 } });
    return { world };
  },
  async 'several-runs'() {
    const { world, fail } = open({ ...SALESFORCE_LIKE, losersPerMerge: 1 });
    fail({ on: 'merge', when: 'before', after: 1, error: new CrmError('permanent', 'no', { code: 'LOCKED' }) });
    await world.tell({ ...TOLD, losers: ['a', 'b'] });
    await world.operate('e1', 'replay');
    await world.drain();
    return { world };
  },
  async 'values-erased'() {
    const { world } = open();
    await world.tell(TOLD);
    await eraseEvent({ eventId: 'e1' }, { ledger: world.ours, now: () => world.clock.now, by: 'lin' });
    return { world };
  },
  async 'plan-expired'() {
    const { world } = open();
    await world.tell(TOLD);
    world.clock.now += 401 * DAY;
    return { world };
  },
  async 'no-pre-images'() {
    const { world } = open();
    await world.tell(TOLD);
    await rewritePlan(world, { before: [] });
    return { world };
  },
  async 'record-was-renamed'() {
    const { world } = open();
    await world.tell({ ...TOLD, survivor: 'unknown' });
    return { world, by: 'a' };
  },
  async 'not-latest'() {
    const { world } = open();
    await world.tell(TOLD);
    await world.tell({ ...TOLD, id: 'e2', losers: ['b'], at: 200 });
    return { world, by: 'e2' };
  },
  async 'latest-unknown'() {
    const { world } = open();
    await world.tell(TOLD);
    await world.ours.contacts.update('s', ({ latestMerge: _latest, ...contact }) => contact);
    return { world };
  },
  async 'too-many-repeats'() {
    const { world } = open();
    await world.tell(TOLD);
    const repeats = Array.from({ length: 100 }, (_, index) => ({ event: `r${index}`, after: 'e1' }));
    await world.ours.contacts.update('s', (contact) => ({ ...contact, repeats }));
    return { world, by: '100' };
  },
  async 'event-under-way'() {
    const { world, fail } = open();
    await world.tell(TOLD);
    fail({ on: 'merge', when: 'before', error: new CrmError('permanent', 'no', { code: 'LOCKED' }) });
    await world.tell({ ...TOLD, id: 'e2', losers: ['b'], at: 200 });
    return { world, by: 'e2' };
  },
  async 'too-many-waiting'() {
    const { world } = open();
    await world.tell(TOLD);
    const many = Array.from({ length: 5_001 }, (_, index) => ({ id: `p${index}`, at: START }));
    Object.assign(world.ours.events, { listed: async () => many });
    return { world, by: '5000' };
  },
  async 'observe-mode'() {
    const { world } = open();
    await world.tell(TOLD);
    world.policy({ mode: 'observe' });
    return { world };
  },
  async 'crm-cannot'() {
    const clock = { now: START };
    const model = createModelCrm({ clock, rules: SALESFORCE_LIKE });
    for (const contact of ['s', 'a']) model.model.seed(contact, {});
    const world = createMergeWorld({ crm: model.crm, clock });
    await world.tell(TOLD);
    return { world, by: 'model' };
  },
  async 'receiver-does-not-know'() {
    const world = createMergeWorld({ crm: createScriptedCrm().crm });
    await world.tell(TOLD);
    return { world };
  },
  async 'survivor-not-found'() {
    const { world, model, ids } = open();
    await world.tell(TOLD);
    model.records.delete(ids.s ?? '');
    return { world };
  },
  async 'record-gone'() {
    const { world, ids } = open({ ...SALESFORCE_LIKE, loserLeavesTrace: false });
    await world.tell(TOLD);
    return { world, by: ids.a };
  },
  async 'record-is-back'() {
    const { world, model, ids } = open();
    await world.tell(TOLD);
    model.bringBack({ contactId: 'a', recordId: ids.a ?? '', values: {} });
    return { world, by: ids.a };
  },
  async 'merged-elsewhere'() {
    const { world, model, ids } = open();
    await world.tell(TOLD);
    model.update(ids.s ?? '', { contactId: 'was-s', values: {} });
    model.update(ids.c ?? '', { contactId: 's', values: {} });
    return { world, by: ids.a };
  },
  async 'loser-id-taken'() {
    const { world, model } = open();
    await world.tell(TOLD);
    model.seed('a', {});
    return { world, by: 'a' };
  },
};

async function rewritePlan(world: MergeWorld, changes: object): Promise<void> {
  const made = await world.plan('e1');
  if (!made) throw new Error('no plan');
  await world.ours.plans.store('e1', { ...made, ...changes }, START + DAY);
}

describe('an undo is refused', () => {
  it.each(Object.entries(REFUSALS))('%s', async (name, arrange) => {
    const { world, id, by } = await arrange();
    const writes = world.writes.ledger.length;
    expect(await plan(world, id)).toEqual({ refused: name, ...(by !== undefined && { by }) });
    expect(world.writes.ledger).toHaveLength(writes);
  });

  it('the survivor was merged away since: that merge has to be taken back first', async () => {
    const { world } = open();
    await world.tell(TOLD);
    await world.tell({ ...TOLD, id: 'e2', survivor: 'b', losers: ['s'], at: 200 });
    expect(await plan(world)).toEqual({ refused: 'not-latest', by: 'e2' });
  });

  it('an event that waits and names a loser by its old id is about these contacts, too', async () => {
    const { world } = open();
    await world.tell(TOLD);
    await world.receive({ ...TOLD, id: 'e2', survivor: 'a', losers: ['b'], at: 200 });
    expect(await plan(world)).toEqual({ refused: 'event-under-way', by: 'e2' });
  });

  it('an event about others does not stand in the way', async () => {
    const { world } = open();
    await world.tell(TOLD);
    await world.receive({ ...TOLD, id: 'e2', survivor: 'b', losers: ['c'], at: 200 });
    expect(await plan(world)).not.toHaveProperty('refused');
  });

  it('with a sentence that says what to do, in both languages, and no place left open', () => {
    for (const refused of Object.keys(UNDO_REFUSALS) as UndoRefusalName[]) {
      const { en, zh } = refusalSentence({ refused, by: 'e9' });
      expect(en).toMatch(/^[A-Z].*\.$/);
      expect(zh).toMatch(/[\u4e00-\u9fff].*。$/);
      expect(`${en}${zh}`).not.toContain('{}');
    }
  });
});
