import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createModelCrm, createScriptedCrm, SALESFORCE_LIKE } from './crms.ts';
import { createMergeWorld, type MergeWorld } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' }, at: 100 };

function open(contacts: string[]) {
  const { crm, model, diary } = createModelCrm({ rules: SALESFORCE_LIKE });
  const world = createMergeWorld({ crm, mapping: { remark: 'remark' }, requestMs: 1 });
  for (const contact of contacts) model.seed(contact, {});
  return { world, diary };
}

/** The event's records as they were stored one after the other. */
const storedRecords = ({ writes }: MergeWorld, id: string) =>
  writes.events.filter(({ key }) => key.kind === 'event' && key.id === id).map(({ value }) => value as EventRecord);

/** State, step and intent of each of them. */
const wordsOf = (record: EventRecord) => {
  const progress = 'progress' in record ? record.progress : undefined;
  return [record.state, ...(progress ? [progress.step, progress.sent ? 'sent' : 'answered'] : [])].join(' ');
};

describe('an event’s record', () => {
  it('is written when it comes, is claimed, before its call, and at its end: no more often', async () => {
    const { world } = open(['s', 'a']);
    await world.tell(TOLD);
    expect(storedRecords(world, 'e1').map(wordsOf)).toEqual(['stored', 'working', 'working 0 sent', 'applied']);
  });

  it('of which the CRM knows none is written once more, with the answer: the call is over', async () => {
    const { crm } = createScriptedCrm({ outcome: 'unknown-contacts' });
    const world = createMergeWorld({ crm });
    expect(await world.tell(TOLD)).toMatchObject({ state: 'skipped', missing: ['s', 'a'], unknown: 'all' });
    const words = ['stored', 'working', 'working 0 sent', 'working 1 answered', 'skipped'];
    expect(storedRecords(world, 'e1').map(wordsOf)).toEqual(words);
  });

  it('says that its plan was started before any of its contacts is closed, also where there is nothing to send', async () => {
    const { world } = open(['s']);
    await world.tell({ ...TOLD, changed: {} });
    expect(storedRecords(world, 'e1').map(wordsOf)).toEqual(['stored', 'working', 'working 0 answered', 'applied']);
    const started = world.writes.events.find(({ value }) => (value as { progress?: object }).progress);
    const closed = world.writes.ledger.find(({ value }) => (value as { mergedInto?: string }).mergedInto);
    expect(started?.at).toBeLessThan(closed?.at ?? 0);
  });
});

describe('an applied event', () => {
  it('has no reason where something was sent', async () => {
    const { world, diary } = open(['s', 'a']);
    expect((await world.tell(TOLD)).reason).toBeUndefined();
    expect(diary).toEqual(['find', 'merge']);
  });

  it('says so where nothing was left to do', async () => {
    const { world, diary } = open(['s']);
    expect(await world.tell({ ...TOLD, changed: {} })).toMatchObject({ reason: 'nothing-left-to-do' });
    expect(diary).toEqual(['find']);
  });

  it('has no reason where its last part has nothing left to do, and an earlier one had', async () => {
    const { crm, model } = createModelCrm({ rules: { ...SALESFORCE_LIKE, losersPerMerge: 2_000 } });
    const limits = { mergesPerHour: 5_000, mergesPerSurvivorPerDay: 5_000 };
    const world = createMergeWorld({ crm, policy: { limits } });
    for (const contact of ['s', 'l0']) model.seed(contact, {});
    const losers = Array.from({ length: 2_001 }, (_, index) => `l${index}`);
    const record = await world.tell({ id: 'e1', survivor: 's', losers });
    expect([record.state, record.reason]).toEqual(['applied', undefined]);
  });

  it('that left a contact without a record behind is counted as one to be linked', async () => {
    const { world } = open(['s']);
    await world.tell(TOLD);
    expect(world.metrics()).toContain('unlinked');
  });
});
