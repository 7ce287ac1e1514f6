import { askUndo } from '../../lib/undo/ask-undo.ts';
import { checkLedger } from '../../lib/undo/check-ledger.ts';
import { prepareUndo } from '../../lib/undo/prepare-undo.ts';
import { createModelCrm, SALESFORCE_LIKE } from '../merge/crms.ts';
import { createMergeWorld, type MergeWorld, START, type Told } from '../merge/merge-world.ts';

const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a'], at: 100 };
const AGAIN: Told = { ...TOLD, id: 'e2', changed: { remark: 'new' }, at: 200 };
const PARKED = { state: 'parked', reason: 'undone-by-operator' };

function open() {
  const clock = { now: START };
  const model = createModelCrm({ clock, rules: { ...SALESFORCE_LIKE, comesBackAs: 'itself' } });
  const world = createMergeWorld({ crm: model.crm, clock, mapping: { remark: 'remark' } });
  for (const contact of ['s', 'a', 'b', 'c', 'x']) model.model.seed(contact, { remark: `${contact} remark` });
  return { ...model, world };
}

async function propose(world: MergeWorld, id: string) {
  const record = (await world.ours.events.read(id))?.value;
  if (!record) throw new Error('no such event');
  return prepareUndo(world.ours, record, world.tenant, { by: 'lin', now: world.clock.now });
}

async function undo(world: MergeWorld, id: string) {
  const proposal = await propose(world, id);
  if ('refused' in proposal) throw new Error(`${proposal.refused} ${proposal.by}`);
  await askUndo(proposal, { ledger: world.ours, queue: world.queue, now: () => world.clock.now, by: 'lin' });
  await world.drain();
  return world.record(id);
}

describe('events that joined the same contacts again before the undo', () => {
  it('are named by the plan, and parked with the undo; a replay merges them again', async () => {
    const { world, people } = open();
    await world.tell(TOLD);
    expect(await world.tell(AGAIN)).toMatchObject({ state: 'applied' });
    expect(await propose(world, 'e1')).toMatchObject({ repeatedBy: ['e2'] });
    expect(await undo(world, 'e1')).toMatchObject({ reason: 'undone' });
    expect(await world.record('e2')).toMatchObject(PARKED);
    const told = world.lines.map((line) => JSON.parse(line)).filter(({ eventId }) => eventId === 'e2');
    expect(told.at(-1)).toMatchObject({ level: 'warn', tenant: world.ours.tenant, metric: 'parked', ...PARKED });
    await world.operate('e2', 'replay');
    await world.drain();
    expect(await world.record('e2')).toMatchObject({ state: 'applied' });
    expect(Object.keys(people()).sort()).toEqual(['b', 'c', 's', 'x']);
  });

  it('are parked where two contacts end on different sides, and stay where theirs stay one', async () => {
    const { world } = open();
    await world.tell({ id: 'e0', survivor: 'a', losers: ['b'], at: 50 });
    await world.tell(TOLD);
    await world.tell({ ...AGAIN, id: 'same side', survivor: 'a', losers: ['b'] });
    await world.tell({ ...AGAIN, id: 'both sides', losers: ['b'] });
    await undo(world, 'e1');
    expect(await world.record('same side')).toMatchObject({ state: 'applied' });
    expect(await world.record('both sides')).toMatchObject(PARKED);
  });

  it('are parked where they say the reverse of what holds then', async () => {
    const { world } = open();
    await world.tell({ id: 'e0', survivor: 'a', losers: ['b'], at: 50 });
    await world.tell(TOLD);
    expect(await world.tell({ id: 'e2', survivor: 'b', losers: ['a'], at: 200 })).toMatchObject({ state: 'applied' });
    await undo(world, 'e1');
    expect(await world.record('e2')).toMatchObject(PARKED);
    await world.operate('e2', 'replay');
    await world.drain();
    expect(await world.record('e2')).toMatchObject({ state: 'parked', reason: 'cycle' });
  });

  it('are remembered past an undo that leaves theirs one', async () => {
    const { world } = open();
    await world.tell(TOLD);
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    await world.tell({ id: 'e3', survivor: 'x', losers: ['s'], at: 300 });
    for (const [id, survivor] of [
      ['of s', 's'],
      ['of x', 'x'],
    ] as const)
      await world.tell({ ...AGAIN, id, survivor, changed: { remark: id } });
    await undo(world, 'e3');
    expect([await world.record('of s'), await world.record('of x')]).toMatchObject([{ state: 'applied' }, PARKED]);
    await undo(world, 'e2');
    expect(await world.record('of s')).toMatchObject({ state: 'applied' });
    await undo(world, 'e1');
    expect(await world.record('of s')).toMatchObject(PARKED);
  });

  it('are parked where what they say is not kept any more', async () => {
    const { world } = open();
    await world.tell(TOLD);
    await world.tell(AGAIN);
    await world.ours.contents.erase((await world.record('e2')).digest);
    await undo(world, 'e1');
    expect(await world.record('e2')).toMatchObject(PARKED);
  });

  it('and are not over yet let it be refused', async () => {
    const { world } = open();
    await world.tell(TOLD);
    await world.ours.contacts.update('s', (contact) => ({ ...contact, repeats: [{ event: 'e2', after: 'e1' }] }));
    await world.receive(AGAIN);
    world.messages.length = 0;
    const record = await world.record('e1');
    expect(await checkLedger(world.ours, record)).toMatchObject({ refused: 'event-under-way', by: 'e2' });
  });

  it('are remembered once for each merge before them, and none of them is the merge itself', async () => {
    const { world } = open();
    await world.tell(TOLD);
    for (let times = 0; times < 2; times++) await world.tell(AGAIN);
    await world.operate('e2', 'replay');
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.contact('s')).repeats).toEqual([{ event: 'e2', after: 'e1' }]);
    await world.tell({ id: 'e3', survivor: 's', losers: ['b'], at: 300 });
    await world.tell({ ...AGAIN, id: 'e4', changed: { remark: 'newer' }, at: 400 });
    expect((await world.contact('s')).repeats).toEqual([
      { event: 'e2', after: 'e1' },
      { event: 'e4', after: 'e3' },
    ]);
  });

  it('are not kept without end: with a hundred the merge is to be taken back by hand', async () => {
    const { world } = open();
    await world.tell(TOLD);
    const repeats = Array.from({ length: 99 }, (_, index) => ({ event: `r${index}`, after: 'e1' }));
    await world.ours.contacts.update('s', (contact) => ({ ...contact, repeats }));
    for (const id of ['e2', 'e3']) await world.tell({ ...AGAIN, id, changed: { remark: id } });
    expect((await world.contact('s')).repeats).toHaveLength(100);
    expect(await propose(world, 'e1')).toMatchObject({ refused: 'too-many-repeats' });
  });
});

describe('after the later merge was taken back, the earlier one can be', () => {
  it('of the same survivor', async () => {
    const { world, people } = open();
    await world.tell(TOLD);
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect(await propose(world, 'e1')).toMatchObject({ refused: 'not-latest', by: 'e2' });
    await undo(world, 'e2');
    expect(await undo(world, 'e1')).toMatchObject({ reason: 'undone' });
    expect(Object.keys(people()).sort()).toEqual(['a', 'b', 'c', 's', 'x']);
  });

  it('of a survivor that was merged into another contact', async () => {
    const { world, people } = open();
    await world.tell({ ...TOLD, changed: { remark: 'new' } });
    const { clocks } = await world.contact('s');
    await world.tell({ id: 'e2', survivor: 'x', losers: ['s'], at: 200 });
    expect(await propose(world, 'e1')).toMatchObject({ refused: 'not-latest', by: 'e2' });
    await undo(world, 'e2');
    expect((await world.contact('s')).clocks).toEqual(clocks);
    expect(await undo(world, 'e1')).toMatchObject({ reason: 'undone' });
    expect(Object.keys(people()).sort()).toEqual(['a', 'b', 'c', 's', 'x']);
  });

  it('though a later event about them was parked for the undo', async () => {
    const { world } = open();
    await world.tell(TOLD);
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    await undo(world, 'e2');
    expect(await world.tell({ id: 'e3', survivor: 's', losers: ['b'], at: 300 })).toMatchObject(PARKED);
    expect(await undo(world, 'e1')).toMatchObject({ reason: 'undone' });
  });
});
