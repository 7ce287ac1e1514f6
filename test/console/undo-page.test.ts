import { CrmError } from '../../lib/errors.ts';
import { createModelCrm, createScriptedCrm, HUBSPOT_LIKE } from '../merge/crms.ts';
import { createMergeWorld, START, TENANT, type Told } from '../merge/merge-world.ts';
import { openConsole } from './open-console.ts';

const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'new' }, at: 100 };

function openWorld() {
  const clock = { now: START };
  const model = createModelCrm({ clock, rules: { ...HUBSPOT_LIKE, comesBackAs: 'new-record' } });
  const world = createMergeWorld({ crm: model.crm, clock, mapping: { remark: 'remark' } });
  for (const contact of ['s', 'a', 'b']) model.model.seed(contact, { remark: `remark of ${contact}` });
  return { ...model, world };
}
type Opened = ReturnType<typeof openWorld>;
type Console = Awaited<ReturnType<typeof openConsole>>;

async function inConsole(opened: Pick<Opened, 'world'>, work: (open: Console) => Promise<void>, options = {}) {
  const tenantCrm = async () => opened.world.tenant;
  const open = await openConsole({ tenantCrm, ...options }, opened.world);
  try {
    await work(open);
  } finally {
    await open.close();
  }
}

const PAGE = `/${TENANT}/events/e1/undo`;
const digestIn = (text: string) => /name="plan" value="([0-9a-f]{64})"/.exec(text)?.[1] ?? '';
const confirming = (text: string, confirm = 's') => ({ plan: digestIn(text), confirm });

describe('taking a merge back from the console', () => {
  it('shows the plan field by field, without values until they are asked for, and changes nothing', async () => {
    const opened = openWorld();
    await opened.world.tell(TOLD);
    const before = [opened.changes().length, opened.world.writes.events.length, opened.world.writes.ledger.length];
    await inConsole(opened, async ({ get }) => {
      expect((await get(`/${TENANT}/events/e1`)).text).toContain(`href="${PAGE}"`);
      const { status, text } = await get(PAGE);
      expect(status).toBe(200);
      for (const said of ['will be restored', 'as a new record', 'What does not come back', 'Take it back'])
        expect(text).toContain(said);
      expect(text).not.toContain('remark of');
      const { text: shown } = await get(`${PAGE}?values=1`);
      for (const value of ['remark of s', 'remark of a', '<bdi>new</bdi>']) expect(shown).toContain(value);
      expect((await get(`${PAGE}?lang=zh`)).text).toContain('撤销这次合并');
    });
    expect([opened.changes().length, opened.world.writes.events.length, opened.world.writes.ledger.length]).toEqual(
      before,
    );
  });

  it('does nothing for another id, and takes the merge back once for the survivor’s', async () => {
    const opened = openWorld();
    const { world, people } = opened;
    await world.tell(TOLD);
    await inConsole(opened, async ({ get, post }) => {
      const { text } = await get(PAGE);
      for (const wrong of ['', 'a', 'S', 'yes']) {
        const { status, headers } = await post(PAGE, confirming(text, wrong));
        expect([status, headers.location]).toEqual([303, `${PAGE}?said=wrongId`]);
      }
      expect((await get(`${PAGE}?said=wrongId`)).text).toContain('Nothing was done');
      await world.drain();
      expect(Object.keys(people()).sort()).toEqual(['b', 's']);

      const { headers } = await post(PAGE, confirming(text, ' s '));
      expect(headers.location).toBe(`/${TENANT}/events/e1?did=undo-queued`);
      expect((await get(`/${TENANT}/events/e1`)).text).toContain('ada has asked for it');
      const twice = await post(PAGE, confirming(text));
      expect(twice.text).toContain('cannot be taken back');
      await world.drain();
      expect(Object.keys(people()).sort()).toEqual(['a', 'b', 's']);
      expect(opened.model.returned).toEqual(['a']);
    });
  });

  it('does nothing where the plan is not the one that was shown', async () => {
    const opened = openWorld();
    await opened.world.tell(TOLD);
    await inConsole(opened, async ({ get, post }) => {
      const { text } = await get(PAGE);
      const own = [...opened.model.records].find(([, { contactId }]) => contactId === 's')?.[0] ?? '';
      opened.model.update(own, { values: { remark: 'by hand' } });
      const { headers } = await post(PAGE, confirming(text));
      expect(headers.location).toBe(`${PAGE}?said=changed`);
      expect((await get(`${PAGE}?said=changed`)).text).toContain('changed since the merge');
      expect((await post(PAGE, { confirm: 's' })).headers.location).toBe(`${PAGE}?said=changed`);
    });
    expect((await opened.world.record('e1')).undos).toBeUndefined();
  });

  it('afterwards the event says who did it, what came back and what could not; the contacts say from whom', async () => {
    const opened = openWorld();
    const { world, model } = opened;
    await world.tell(TOLD);
    await inConsole(opened, async ({ get, post }) => {
      const { text } = await get(PAGE);
      await post(PAGE, confirming(text));
      const own = [...model.records].find(([, { contactId }]) => contactId === 's')?.[0] ?? '';
      model.update(own, { values: { remark: 'by hand' } });
      await world.drain();
      const back = (await world.record('e1')).undone?.returned?.a ?? '';
      expect(back).not.toBe('');
      const { text: event } = await get(`/${TENANT}/events/e1`);
      for (const said of ['ada had this merge taken back', back, 'kept as it was then', 'What does not come back'])
        expect(event).toContain(said);
      expect(event).toContain('the merge was taken back');
      for (const said of ['Plan of taking the merge back, for ada', 'Asked to take the merge back', 'bring the merged'])
        expect(event).toContain(said);
      expect(event).not.toContain('remark of');
      expect(event).not.toContain(`href="${PAGE}"`);
      expect((await get(PAGE)).text).toContain('taken back before');
      for (const [one, other] of [
        ['s', 'a'],
        ['a', 's'],
      ]) {
        const { text: contact } = await get(`/${TENANT}/contacts/${one}`);
        expect(contact).toContain('Separated by an operator');
        expect(contact).toContain(`/contacts/${other}"`);
      }
    });
  });

  it('is refused with what to do, unless it is the latest merge of either contact', async () => {
    const opened = openWorld();
    await opened.world.tell(TOLD);
    await opened.world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    await inConsole(opened, async ({ get, post }) => {
      const { text } = await get(PAGE);
      expect(text).toContain('cannot be taken back');
      expect(text).toContain('e2');
      expect(text).not.toContain('name="confirm"');
      expect((await post(PAGE, { confirm: 's', plan: '' })).text).toContain('cannot be taken back');
    });
  });

  it('says so where the CRM cannot be asked, and does nothing', async () => {
    const opened = openWorld();
    await opened.world.tell(TOLD);
    await inConsole(opened, async ({ get, post }) => {
      const { text } = await get(PAGE);
      const silent = async () => Promise.reject(new CrmError('ambiguous', 'no answer', { code: 'TIMEOUT' }));
      Object.assign(opened.world.tenant.crm, { find: silent });
      for (const answer of [await get(PAGE), await post(PAGE, confirming(text))])
        expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('there is no plan')]);
    });
    expect((await opened.world.record('e1')).undos).toBeUndefined();
  });

  it('is not there in a read-only console, nor for an event that is not known', async () => {
    const opened = openWorld();
    await opened.world.tell(TOLD);
    await inConsole(opened, async ({ get }) => expect((await get(`/${TENANT}/events/e9/undo`)).status).toBe(404));
    await inConsole(
      opened,
      async ({ get, post }) => {
        expect((await get(`/${TENANT}/events/e1`)).text).not.toContain(`href="${PAGE}"`);
        expect((await get(PAGE)).status).toBe(403);
        expect((await post(PAGE, { confirm: 's' })).status).toBe(403);
      },
      { allowActions: false },
    );
  });

  it('an undo that was refused by the CRM says so, with its plan, and can be asked for again', async () => {
    const { crm } = createScriptedCrm();
    const { crm: undoing } = createScriptedCrm({ outcome: 'contradiction', code: 'locked' });
    const world = createMergeWorld({ crm: { ...crm, unmerge: (command, key) => undoing.send(command, key) } });
    await world.tell(TOLD);
    await inConsole({ world }, async ({ get, post }) => {
      await post(PAGE, confirming((await get(PAGE)).text));
      await world.drain();
      const { text } = await get(`/${TENANT}/events/e1`);
      for (const said of ['ada asked for it; it was refused', 'as the CRM, which is told, decides', `href="${PAGE}"`])
        expect(text).toContain(said);
      await post(PAGE, confirming((await get(PAGE)).text));
      await world.drain();
      expect(await world.record('e1')).toMatchObject({ reason: 'undone' });
    });
  });
});

it('two plans that would do the same have the same digest, whoever asks and whenever', async () => {
  const { crm } = createScriptedCrm();
  const world = createMergeWorld({ crm: { ...crm, unmerge: async () => ({ outcome: 'done' }) } });
  await world.tell(TOLD);
  await inConsole({ world }, async ({ get }) => {
    const first = digestIn((await get(PAGE)).text);
    world.clock.now += 60_000;
    expect([first.length, digestIn((await get(PAGE)).text)]).toEqual([64, first]);
  });
});
