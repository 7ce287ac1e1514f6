import { StoreError } from '../../lib/errors.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { operate } from '../../lib/recovery/operator-actions.ts';
import { type AnyRecord, eventKey, writeRecord } from '../ledger/raw-records.ts';
import { createScriptedCrm } from '../merge/crms.ts';
import { createMergeWorld, MINUTE, START } from '../merge/merge-world.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };

describe('promise 8: an operator’s action', () => {
  it('is kept with the event: who, when, what, and all of them', async () => {
    const { crm } = createScriptedCrm(
      { outcome: 'contradiction', code: 'locked' },
      { outcome: 'contradiction', code: 'locked' },
    );
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    world.clock.now = START + MINUTE;
    await world.operate('e1', 'replay', 'ada@ops');
    await world.drain();
    world.clock.now = START + 2 * MINUTE;
    await world.operate('e1', 'replay', 'eve@ops');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({
      state: 'applied',
      plan: 3,
      operatorActions: [
        { at: START + MINUTE, by: 'ada@ops', action: 'replay' },
        { at: START + 2 * MINUTE, by: 'eve@ops', action: 'replay' },
      ],
    });
  });

  it.each(['release', 'settle-done', 'settle-not-done'] as const)(
    '%s is refused for an event that is done, and leaves no trace',
    async (action) => {
      const { crm, sent } = createScriptedCrm();
      const world = createMergeWorld({ crm });
      const before = await world.tell(TOLD);
      expect(await world.operate('e1', action)).toBe('not-possible');
      expect(await world.record('e1')).toEqual(before);
      expect(world.messages).toEqual([]);
      expect(sent).toHaveLength(1);
    },
  );

  it('settles nothing where no call is open', async () => {
    const { crm } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    for (const action of ['settle-done', 'settle-not-done', 'release'] as const)
      expect(await world.operate('e1', action)).toBe('not-possible');
  });

  it('promise 4d: sends an event again that a CRM told of it did not know the contacts of', async () => {
    const { crm, sent } = createScriptedCrm({ outcome: 'unknown-contacts' }, { outcome: 'done' });
    const world = createMergeWorld({ crm });
    expect(await world.tell(TOLD)).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm' });
    expect(await world.record('e1')).toMatchObject({ missing: [TOLD.survivor, ...TOLD.losers], unknown: 'all' });
    expect(await world.operate('e1', 'replay')).toBe('queued');
    await world.drain();
    expect(sent.map(({ command: { loserIds } }) => loserIds)).toEqual([TOLD.losers, TOLD.losers]);
    const record = await world.record('e1');
    expect(record).toMatchObject({ state: 'applied' });
    expect(record).not.toHaveProperty('missing');
  });

  it('on an unknown event says so', async () => {
    const world = createMergeWorld({ crm: createScriptedCrm().crm });
    expect(await world.operate('nobody', 'replay')).toBe('no-such-event');
  });

  it('promise 7: is not lost when the queue fails: the event stands in the open list', async () => {
    const { crm } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    const queue = { send: () => Promise.reject(new StoreError('down')) };
    const deps = { ledger: world.ours, queue, now: () => world.clock.now, by: 'ada@ops' };
    await expect(operate('e1', 'replay', deps)).rejects.toThrow(StoreError);
    expect(await world.record('e1')).toMatchObject({ state: 'queued', operatorActions: [{ by: 'ada@ops' }] });
    expect(await world.listed('open')).toEqual(['e1']);
  });

  it('promise 5: of two operators at once one is heard', async () => {
    const { crm, sent } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm });
    await world.tell(TOLD);
    const answers = await Promise.all([world.operate('e1', 'replay', 'ada'), world.operate('e1', 'replay', 'eve')]);
    expect(answers.sort()).toEqual(['not-possible', 'queued']);
    await world.drain();
    expect(sent).toHaveLength(2);
    expect((await world.record('e1')).operatorActions).toHaveLength(1);
  });
});

describe('what an action changes on the record', () => {
  const FACTS = { eventId: 'e1', kind: 'merge', name: 'n', digest: 'd', plan: 1, receivedAt: START, updatedAt: START };
  const progress = { step: 3, sent: true, attempts: 2, survivorRecord: 'r7' };

  async function operated(record: Partial<AnyRecord>, action: Parameters<typeof operate>[1]) {
    const events = asPort(createMemoryDocuments(() => START));
    await writeRecord(events, 'acme', { ...FACTS, ...record } as AnyRecord, { expected: 0, dueAt: START });
    const sent: object[] = [];
    const queue = { send: async (pointer: object) => void sent.push(pointer) };
    const deps = { ledger: createEventLedger(events, 'acme'), queue, now: () => START + MINUTE, by: 'ada@ops' };
    const result = await operate('e1', action, deps);
    return { result, sent, record: (await events.get<AnyRecord>(eventKey('acme', 'e1')))?.value };
  }

  const QUEUED = { result: 'queued', sent: [{ tenant: 'acme', eventId: 'e1' }] };
  const trace = (action: string) => ({ operatorActions: [{ at: START + MINUTE, by: 'ada@ops', action }] });

  it('promise 9: release lets the event pass the volume limit', async () => {
    expect(await operated({ state: 'held', reason: 'tenant-hour-limit' }, 'release')).toMatchObject({
      ...QUEUED,
      record: { state: 'queued', released: true, ...trace('release') },
    });
  });

  it('promise 5: settle-done counts the open call as done and goes on after it', async () => {
    expect(await operated({ state: 'parked', reason: 'cycle', progress }, 'settle-done')).toMatchObject({
      ...QUEUED,
      record: {
        state: 'queued',
        progress: { step: 4, sent: false, attempts: 0, survivorRecord: 'r7' },
        ...trace('settle-done'),
      },
    });
  });

  it('promise 5: settle-not-done makes the open call once more', async () => {
    const settled = await operated({ state: 'parked', reason: 'cycle', progress }, 'settle-not-done');
    expect(settled).toMatchObject({
      ...QUEUED,
      record: { state: 'queued', progress: { ...progress, sent: false }, ...trace('settle-not-done') },
    });
  });

  it.each(['settle-done', 'settle-not-done'] as const)('%s needs a call that was sent', async (action) => {
    const parked = { state: 'parked', reason: 'cycle' } as const;
    for (const before of [parked, { ...parked, progress: { ...progress, sent: false } }])
      expect(await operated(before, action)).toMatchObject({ result: 'not-possible', sent: [], record: before });
  });

  it('replay of an event whose call is open settles nothing: the CRM is asked again', async () => {
    expect(await operated({ state: 'parked', reason: 'cycle', progress }, 'replay')).toMatchObject({
      ...QUEUED,
      record: { state: 'queued', ...trace('replay') },
    });
    const { record } = await operated({ state: 'parked', reason: 'cycle', progress }, 'replay');
    expect(record?.progress).toEqual(progress);
  });

  it('promise 9: what was only observed can be replayed', async () => {
    expect(await operated({ state: 'skipped', reason: 'observed' }, 'replay')).toMatchObject({
      ...QUEUED,
      record: { state: 'queued', ...trace('replay') },
    });
  });

  it('promise 9: what was observed after a part of it was done goes on with the rest', async () => {
    const half = { state: 'skipped', reason: 'observed', losersDone: 50, written: true, counted: true } as const;
    const { record } = await operated(half, 'replay');
    expect(record).toMatchObject({ state: 'queued', losersDone: 50, written: true });
    expect(record).not.toHaveProperty('counted');
  });

  it.each<Partial<AnyRecord>>([{ state: 'applied' }, { state: 'skipped', reason: 'unknown-in-crm' }])(
    'promise 4d: what met contacts without a record is planned anew from its first loser: %j',
    async (over) => {
      const before = { ...over, missing: ['a'], losersDone: 50, written: true } as Partial<AnyRecord>;
      const { result, record } = await operated(before, 'replay');
      expect([result, record?.state]).toEqual(['queued', 'queued']);
      for (const field of ['losersDone', 'written']) expect(record).not.toHaveProperty(field);
    },
  );
});
