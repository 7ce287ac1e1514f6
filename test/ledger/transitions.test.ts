import { ConfigError, CrmError } from '../../lib/errors.ts';
import { receiveCallback } from '../../lib/intake/receive-callback.ts';
import { createModelCrm, createScriptedCrm, type Reply } from '../merge/crms.ts';
import { DAY, HOUR, type MergeWorldOptions, MINUTE, TENANT } from '../merge/merge-world.ts';
import { createTransitionsWorld } from './transitions-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };
const soon = new CrmError('retry-soon', 'injected');
const silent = new CrmError('ambiguous', 'injected');
const refused = new CrmError('permanent', 'injected', { code: 'NO' });

function command(script: Reply[] = [], options: Partial<MergeWorldOptions> = {}) {
  return createTransitionsWorld(createScriptedCrm(...script).crm, options);
}

function records(contacts: string[], options: Partial<MergeWorldOptions> = {}) {
  const model = createModelCrm();
  for (const contact of contacts) model.model.seed(contact, {});
  return { model, world: createTransitionsWorld(model.crm, options) };
}

/** From the moment its patience ends: parked, and what the operator's word does. */
async function unansweredThen(action: 'settle-done' | 'settle-not-done'): Promise<string[]> {
  const world = command(
    Array.from({ length: 12 }, () => silent),
    { timing: { giveUpMs: MINUTE } },
  );
  await world.tell(TOLD);
  const before = world.history('e1').length - 1;
  await world.operate('e1', action);
  await world.drain();
  return world.history('e1').slice(before);
}

/** Every write of an event's record, from the callback to its end, as the service made them on the day this was written. */
describe('the moves of an event', () => {
  it('applied by a CRM that takes commands', async () => {
    const world = command();
    await world.tell(TOLD);
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+3600',
      'applied | calls=1: command done | counted=true | plan=1 | at its time',
    ]);
  });

  it('applied by a CRM of records', async () => {
    const { world } = records(['s', 'a']);
    await world.tell({ ...TOLD, changed: { remark: 'x' } });
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 survivorRecord=r1 | worker+90 | open+3600',
      'applied | calls=1: merge done | counted=true | plan=1 | at its time',
    ]);
  });

  it('of another kind: ignored', async () => {
    const world = command();
    await world.receive({ ...TOLD, losers: [] });
    const body = JSON.stringify({ id: 'e9', event: 'CRM_CONTACT', action: 'CRM_CONTACT_CREATE', body: { id: 'c' } });
    const door = { keys: [], receiveIds: ['*'], maxAgeSeconds: 86_400, omitFields: [], plainText: { sources: ['x'] } };
    const deps = { ledger: world.ledgerOf, queue: world.queue, now: () => world.clock.now };
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const timing = { ...world.timing, payloadMs: DAY };
    await receiveCallback(
      { tenant: TENANT, sourceAddress: 'x', body },
      { ...deps, log, timing, settings: async () => door },
    );
    expect([world.history('e1'), world.history('e9')]).toEqual([
      ['stored | plan=0 | open+3600'],
      ['ignored | not-a-merge | plan=0 | at its time'],
    ]);
  });

  it('contradictory: parked, and parked again when replayed', async () => {
    const world = command();
    await world.tell({ ...TOLD, losers: ['s'] });
    await world.operate('e1', 'replay');
    await world.drain();
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'parked | self-merge | plan=0 | at its time',
      'queued | operatorActions=replay | plan=0 | open+60',
      'working | operatorActions=replay | plan=0 | worker+90 | open+150',
      'parked | self-merge | operatorActions=replay | plan=0 | at its time',
    ]);
  });

  it('past the volume limit: held, released, applied', async () => {
    const world = command([], { policy: { limits: { mergesPerHour: 1, mergesPerSurvivorPerDay: 500 } } });
    await world.tell({ ...TOLD, losers: ['a', 'b'] });
    await world.operate('e1', 'release');
    await world.drain();
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'held | tenant-hour-limit | plan=0 | at its time',
      'queued | operatorActions=release | plan=0 | released=true | open+60',
      'working | operatorActions=release | plan=0 | released=true | worker+90 | open+150',
      'working | counted=true | operatorActions=release | plan=1 | progress step 0 sent 1 | released=true | worker+90 | open+150',
      'applied | calls=1: command done | counted=true | operatorActions=release | plan=1 | released=true | at its time',
    ]);
  });

  it('observed: skipped, replayed, applied', async () => {
    const world = command([], { policy: { mode: 'observe' } });
    await world.tell(TOLD);
    world.policy({ mode: 'live' });
    await world.operate('e1', 'replay');
    await world.drain();
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'skipped | observed | counted=true | plan=1 | observed+0',
      'queued | operatorActions=replay | plan=1 | open+60',
      'working | operatorActions=replay | plan=1 | worker+90 | open+150',
      'working | counted=true | operatorActions=replay | plan=2 | progress step 0 sent 1 | worker+90 | open+150',
      'applied | calls=1: command done | counted=true | operatorActions=replay | plan=2 | at its time',
    ]);
  });

  it('behind another event: waits, then is applied', async () => {
    const world = command([silent]);
    await world.receive(TOLD);
    await world.deliverNext();
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    expect([world.history('e1'), world.history('e2')]).toEqual([
      [
        'stored | plan=0 | open+3600',
        'working | plan=0 | worker+90 | open+3600',
        'working | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+3600',
        'waiting | crm-ambiguous | calls=1: command ambiguous | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 1 | resumeAt+2 | open+3600',
        'working | crm-ambiguous | calls=1: command ambiguous | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 1 | worker+90 | open+3598',
        'working | crm-ambiguous | calls=1: command ambiguous | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 2 | worker+90 | open+3598',
        'applied | calls=2: command done | counted=true | plan=1 | at its time',
      ],
      [
        'stored | plan=0 | open+3600',
        'working | plan=0 | worker+90 | open+3600',
        'waiting | behind-another-event | behind=e1 | plan=0 | resumeAt+900 | turns=1 | open+900',
        'working | behind-another-event | plan=0 | turns=1 | worker+90 | open+898',
        'working | behind-another-event | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+898',
        'applied | calls=1: command done | counted=true | plan=1 | at its time',
      ],
    ]);
  });

  it('the CRM asks for patience twice: waits', async () => {
    const world = command([soon, soon]);
    await world.tell(TOLD);
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+3600',
      'working | calls=1: command retry-soon | counted=true | plan=1 | progress step 0 1 | worker+90 | open+3600',
      'waiting | crm-retry-soon | calls=1: command retry-soon | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 1 | resumeAt+2 | open+3600',
      'working | crm-retry-soon | calls=1: command retry-soon | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 1 | worker+90 | open+3598',
      'working | crm-retry-soon | calls=1: command retry-soon | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 2 | worker+90 | open+3598',
      'working | crm-retry-soon | calls=2: command retry-soon | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 2 | worker+90 | open+3598',
      'waiting | crm-retry-soon | calls=2: command retry-soon | counted=true | failures=2 | firstFailureAt | plan=1 | progress step 0 2 | resumeAt+3 | open+3598',
      'working | crm-retry-soon | calls=2: command retry-soon | counted=true | failures=2 | firstFailureAt | plan=1 | progress step 0 2 | worker+90 | open+3595',
      'working | crm-retry-soon | calls=2: command retry-soon | counted=true | failures=2 | firstFailureAt | plan=1 | progress step 0 sent 3 | worker+90 | open+3595',
      'applied | calls=3: command done | counted=true | plan=1 | at its time',
    ]);
  });

  it('the CRM names a time beyond the queue’s longest delay: reconcile queues it', async () => {
    const world = command([() => new CrmError('retry-after', 'injected', { retryAt: world.clock.now + HOUR })]);
    await world.tell(TOLD);
    world.clock.now += HOUR;
    await world.reconcile();
    await world.drain();
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+3600',
      'working | calls=1: command retry-after | counted=true | plan=1 | progress step 0 1 | worker+90 | open+3600',
      'waiting | crm-retry-after | calls=1: command retry-after | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 1 | resumeAt+3600 | open+3600',
      'queued | crm-retry-after | calls=1: command retry-after | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 1 | open+3600',
      'working | crm-retry-after | calls=1: command retry-after | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 1 | worker+90 | open+3600',
      'working | crm-retry-after | calls=1: command retry-after | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 2 | worker+90 | open+3600',
      'applied | calls=2: command done | counted=true | plan=1 | at its time',
    ]);
  });

  it('a merge without an answer: asked after, then done', async () => {
    const { world, model } = records(['s', 'a']);
    model.fail({ on: 'merge', when: 'after', error: silent });
    await world.tell(TOLD);
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 survivorRecord=r1 | worker+90 | open+3600',
      'waiting | crm-ambiguous | calls=1: merge ambiguous | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 1 survivorRecord=r1 | resumeAt+2 | open+3600',
      'working | crm-ambiguous | calls=1: merge ambiguous | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 1 survivorRecord=r1 | worker+90 | open+3598',
      'applied | calls=2: probe merged | counted=true | plan=1 | at its time',
    ]);
  });

  it('a refusal half-way: what is merged stays, the rest is given up, a replay goes on', async () => {
    const { world, model } = records(['s', 'a', 'b']);
    model.fail({ on: 'merge', when: 'before', error: refused, after: 1 });
    await world.tell({ ...TOLD, losers: ['a', 'b'] });
    await world.operate('e1', 'replay');
    await world.drain();
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 survivorRecord=r1 | worker+90 | open+3600',
      'working | calls=1: merge done | counted=true | plan=1 | progress step 1 sent 1 survivorRecord=r4 | worker+90 | open+3600',
      'working | calls=3: probe apart | counted=true | plan=1 | progress step 1 1 survivorRecord=r4 | worker+90 | open+3600',
      'working | calls=3: probe apart | counted=true | plan=1 | progress step 1 1 survivorRecord=r4 | worker+90 | open+3600',
      'working | calls=3: probe apart | counted=true | plan=1 | progress step 1 1 survivorRecord=r4 abandoned=crm-refused:NO | worker+90 | open+3600',
      'parked | crm-refused:NO | calls=3: probe apart | counted=true | plan=1 | at its time',
      'queued | calls=3: probe apart | counted=true | operatorActions=replay | plan=1 | open+60',
      'working | calls=3: probe apart | counted=true | operatorActions=replay | plan=1 | worker+90 | open+150',
      'working | calls=3: probe apart | counted=true | operatorActions=replay | plan=2 | progress step 0 sent 1 survivorRecord=r4 | worker+90 | open+150',
      'applied | calls=4: merge done | counted=true | operatorActions=replay | plan=2 | at its time',
    ]);
  });

  it('wrong credentials: parked', async () => {
    const world = command([new CrmError('auth', 'injected')]);
    await world.tell(TOLD);
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+3600',
      'working | calls=1: command auth | counted=true | plan=1 | progress step 0 1 | worker+90 | open+3600',
      'working | calls=1: command auth | counted=true | plan=1 | progress step 0 1 abandoned=crm-auth | worker+90 | open+3600',
      'parked | crm-auth | calls=1: command auth | counted=true | plan=1 | at its time',
    ]);
  });

  it('the receiver contradicts: parked', async () => {
    const world = command([{ outcome: 'contradiction', code: 'taken' }]);
    await world.tell(TOLD);
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+3600',
      'working | calls=1: command crm-contradiction:taken | counted=true | plan=1 | progress step 0 1 | worker+90 | open+3600',
      'working | calls=1: command crm-contradiction:taken | counted=true | plan=1 | progress step 0 1 abandoned=crm-contradiction:taken | worker+90 | open+3600',
      'parked | crm-contradiction:taken | calls=1: command crm-contradiction:taken | counted=true | plan=1 | at its time',
    ]);
  });

  it('known to nothing in the CRM: skipped', async () => {
    const world = command([{ outcome: 'unknown-contacts' }]);
    await world.tell(TOLD);
    const { world: other } = records([]);
    await other.tell(TOLD);
    expect([world.history('e1'), other.history('e1')]).toEqual([
      [
        'stored | plan=0 | open+3600',
        'working | plan=0 | worker+90 | open+3600',
        'working | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+3600',
        'working | calls=1: command unknown-contacts | counted=true | plan=1 | progress step 1 1 unknownInCrm=true | worker+90 | open+3600',
        'skipped | unknown-in-crm | calls=1: command unknown-contacts | counted=true | missing=s,a | plan=1 | unknown=all | unlinked+0',
      ],
      [
        'stored | plan=0 | open+3600',
        'working | plan=0 | worker+90 | open+3600',
        'working | counted=true | plan=1 | progress step 0 0 | worker+90 | open+3600',
        'skipped | unknown-in-crm | counted=true | missing=s,a | plan=1 | unknown=all | unlinked+0',
      ],
    ]);
  });

  it('nothing left to do: applied', async () => {
    const world = command();
    await world.tell(TOLD);
    await world.tell({ ...TOLD, id: 'e2' });
    expect(world.history('e2')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 0 | worker+90 | open+3600',
      'applied | nothing-left-to-do | counted=true | plan=1 | at its time',
    ]);
  });

  it('no answer until patience ends: parked with its contacts, then settle-done', async () => {
    expect(await unansweredThen('settle-done')).toEqual([
      'parked | gave-up:crm-ambiguous | calls=10: command ambiguous | counted=true | failures=9 | firstFailureAt | plan=1 | progress step 0 sent 10 | at its time',
      'queued | calls=10: command ambiguous | counted=true | operatorActions=settle-done | plan=1 | progress step 1 0 | open+60',
      'working | calls=10: command ambiguous | counted=true | operatorActions=settle-done | plan=1 | progress step 1 0 | worker+90 | open+150',
      'applied | calls=10: command ambiguous | counted=true | operatorActions=settle-done | plan=1 | at its time',
    ]);
  });

  it('no answer until patience ends: parked with its contacts, then settle-not-done', async () => {
    expect(await unansweredThen('settle-not-done')).toEqual([
      'parked | gave-up:crm-ambiguous | calls=10: command ambiguous | counted=true | failures=9 | firstFailureAt | plan=1 | progress step 0 sent 10 | at its time',
      'queued | calls=10: command ambiguous | counted=true | operatorActions=settle-not-done | plan=1 | progress step 0 10 | open+60',
      'working | calls=10: command ambiguous | counted=true | operatorActions=settle-not-done | plan=1 | progress step 0 10 | worker+90 | open+150',
      'working | calls=10: command ambiguous | counted=true | operatorActions=settle-not-done | plan=1 | progress step 0 sent 11 | worker+90 | open+150',
      'waiting | crm-ambiguous | calls=11: command ambiguous | counted=true | failures=1 | firstFailureAt | operatorActions=settle-not-done | plan=1 | progress step 0 sent 11 | resumeAt+2 | open+150',
      'working | crm-ambiguous | calls=11: command ambiguous | counted=true | failures=1 | firstFailureAt | operatorActions=settle-not-done | plan=1 | progress step 0 sent 11 | worker+90 | open+150',
      'working | crm-ambiguous | calls=11: command ambiguous | counted=true | failures=1 | firstFailureAt | operatorActions=settle-not-done | plan=1 | progress step 0 sent 12 | worker+90 | open+150',
      'waiting | crm-ambiguous | calls=12: command ambiguous | counted=true | failures=2 | firstFailureAt | operatorActions=settle-not-done | plan=1 | progress step 0 sent 12 | resumeAt+3 | open+150',
      'working | crm-ambiguous | calls=12: command ambiguous | counted=true | failures=2 | firstFailureAt | operatorActions=settle-not-done | plan=1 | progress step 0 sent 12 | worker+90 | open+150',
      'working | crm-ambiguous | calls=12: command ambiguous | counted=true | failures=2 | firstFailureAt | operatorActions=settle-not-done | plan=1 | progress step 0 sent 13 | worker+90 | open+150',
      'applied | calls=13: command done | counted=true | operatorActions=settle-not-done | plan=1 | at its time',
    ]);
  });

  it('gives up before anything was sent: parked without its contacts', async () => {
    const world = command(
      Array.from({ length: 12 }, () => soon),
      { timing: { giveUpMs: MINUTE } },
    );
    await world.tell(TOLD);
    expect(world.history('e1').slice(-3)).toEqual([
      'working | crm-retry-soon | calls=10: command retry-soon | counted=true | failures=9 | firstFailureAt | plan=1 | progress step 0 10 | worker+90 | open+2992',
      'working | crm-retry-soon | calls=10: command retry-soon | counted=true | failures=9 | firstFailureAt | plan=1 | progress step 0 10 abandoned=gave-up:crm-retry-soon | worker+90 | open+2992',
      'parked | gave-up:crm-retry-soon | calls=10: command retry-soon | counted=true | failures=9 | firstFailureAt | plan=1 | at its time',
    ]);
  });

  it('the payload has expired: parked', async () => {
    const world = command();
    await world.receive(TOLD);
    world.clock.now += 91 * DAY;
    await world.drain();
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+150',
      'parked | payload-expired | plan=0 | at its time',
    ]);
  });

  it('the plan has expired: parked, with its contacts where a call is unanswered', async () => {
    const world = command([silent], { timing: { journalMs: 1 } });
    await world.tell(TOLD);
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 | worker+90 | open+3600',
      'waiting | crm-ambiguous | calls=1: command ambiguous | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 1 | resumeAt+2 | open+3600',
      'working | crm-ambiguous | calls=1: command ambiguous | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 1 | worker+90 | open+3598',
      'parked | plan-expired | calls=1: command ambiguous | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 0 sent 1 | at its time',
    ]);
  });

  it('wrong settings: waits', async () => {
    const world = command();
    world.config.problem = new ConfigError('wrong');
    await world.receive(TOLD);
    await world.deliverNext();
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'waiting | configuration | failures=1 | firstFailureAt | plan=0 | resumeAt+2 | open+3600',
    ]);
  });

  it('out of time between two steps: queued again', async () => {
    const clock = { now: Date.UTC(2026, 0, 5, 8) };
    const model = createModelCrm({ clock, callMs: 20_000 });
    for (const contact of ['s', 'a', 'b']) model.model.seed(contact, {});
    const world = createTransitionsWorld(model.crm, { clock });
    await world.tell({ ...TOLD, losers: ['a', 'b'] });
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 survivorRecord=r1 | worker+70 | open+3580',
      'queued | calls=1: merge done | counted=true | plan=1 | progress step 1 0 survivorRecord=r4 | open+3560',
      'working | calls=1: merge done | counted=true | plan=1 | progress step 1 0 survivorRecord=r4 | worker+90 | open+3560',
      'working | calls=1: merge done | counted=true | plan=1 | progress step 1 sent 1 survivorRecord=r4 | worker+90 | open+3560',
      'applied | calls=2: merge done | counted=true | plan=1 | at its time',
    ]);
  });

  it('observe mode comes between two steps: parked', async () => {
    const { world, model } = records(['s', 'a', 'b']);
    model.fail({ on: 'merge', when: 'before', error: soon, after: 1 });
    await world.receive({ ...TOLD, losers: ['a', 'b'] });
    await world.deliverNext();
    world.policy({ mode: 'observe' });
    await world.drain();
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'working | plan=0 | worker+90 | open+3600',
      'working | counted=true | plan=1 | progress step 0 sent 1 survivorRecord=r1 | worker+90 | open+3600',
      'working | calls=1: merge done | counted=true | plan=1 | progress step 1 sent 1 survivorRecord=r4 | worker+90 | open+3600',
      'working | calls=2: merge retry-soon | counted=true | plan=1 | progress step 1 1 survivorRecord=r4 | worker+90 | open+3600',
      'waiting | crm-retry-soon | calls=2: merge retry-soon | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 1 1 survivorRecord=r4 | resumeAt+2 | open+3600',
      'working | crm-retry-soon | calls=2: merge retry-soon | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 1 1 survivorRecord=r4 | worker+90 | open+3598',
      'working | crm-retry-soon | calls=2: merge retry-soon | counted=true | failures=1 | firstFailureAt | plan=1 | progress step 1 1 survivorRecord=r4 abandoned=observe-mode | worker+90 | open+3598',
      'parked | observe-mode | calls=2: merge retry-soon | counted=true | failures=1 | firstFailureAt | plan=1 | at its time',
    ]);
  });

  it('stored and never queued: queued by reconcile; stuck: queued again less and less often, at last parked', async () => {
    const world = command();
    const { send } = world.queue;
    world.queue.send = async () => {
      throw new CrmError('permanent', 'not reached');
    };
    await world.receive(TOLD).catch(() => undefined);
    world.queue.send = send;
    for (let hour = 0; hour < 200; hour++) {
      world.clock.now += HOUR;
      world.messages.length = 0;
      await world.reconcile();
    }
    expect(world.history('e1')).toEqual([
      'stored | plan=0 | open+3600',
      'queued | plan=0 | queuedAt | open+3600',
      'queued | plan=0 | queuedAt | requeues=1 | open+7200',
      'queued | plan=0 | queuedAt | requeues=2 | open+14400',
      'queued | plan=0 | queuedAt | requeues=3 | open+28800',
      'queued | plan=0 | queuedAt | requeues=4 | open+57600',
      'queued | plan=0 | queuedAt | requeues=5 | open+115200',
      'queued | plan=0 | queuedAt | requeues=6 | open+230400',
      'parked | stuck | plan=0 | queuedAt | requeues=6 | at its time',
    ]);
  });

  it('a worker dies before its plan began: the next event takes its contacts', async () => {
    const world = command();
    await world.receive(TOLD);
    const put = world.ledger.put;
    let plans = 0;
    world.ledger.put = async (...write) => {
      if (write[0].kind === 'plan' && plans++ === 0) return new Promise(() => {});
      return put(...write);
    };
    void world.deliverNext();
    await new Promise((resolve) => setImmediate(resolve));
    world.ledger.put = put;
    await world.receive({ id: 'e2', survivor: 's', losers: ['b'], at: 200 });
    await world.drain();
    world.clock.now += 15 * MINUTE;
    await world.reconcile();
    await world.drain();
    expect([world.history('e1'), world.history('e2').at(-1)]).toEqual([
      ['stored | plan=0 | open+3600', 'working | plan=0 | worker+90 | open+3600', 'queued | plan=0 | open+60'],
      'applied | calls=1: command done | counted=true | plan=1 | at its time',
    ]);
  });
});
