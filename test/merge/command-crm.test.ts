import { CrmError, type CrmFailure } from '../../lib/errors.ts';
import type { CommandAnswer } from '../../lib/ports.ts';
import { createScriptedCrm, type Reply } from './crms.ts';
import { createMergeWorld, DAY, HOUR, MINUTE, START, type Told } from './merge-world.ts';

const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a'], changed: { remark: 'one' }, at: 100 };
const LATER: Told = { id: 'e2', survivor: 't', losers: ['s'], changed: { remark: 'two' }, at: 200 };

const failure = (kind: CrmFailure, more: { retryAt?: number; code?: string } = {}) =>
  new CrmError(kind, 'as told', more);
const failures = (count: number, kind: CrmFailure): Reply[] => Array.from({ length: count }, () => failure(kind));

function open(...script: Reply[]) {
  const scripted = createScriptedCrm(...script);
  return { ...scripted, world: createMergeWorld({ crm: scripted.crm }) };
}

describe('what the CRM answers, and what becomes of the event', () => {
  it('done: applied', async () => {
    const { world, sent } = open();
    expect(await world.tell(TOLD)).toMatchObject({ state: 'applied' });
    expect(sent).toHaveLength(1);
    expect(await world.contact('a')).toMatchObject({ mergedInto: 's', mergedBy: 'e1' });
    expect(world.messages).toEqual([]);
  });

  it('404: skipped, and who is who is remembered all the same', async () => {
    const { world, sent } = open({ outcome: 'unknown-contacts' });
    expect(await world.tell(TOLD)).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm' });
    await world.tell(LATER);
    expect(sent[1]?.command).toMatchObject({ survivorId: 't', loserIds: ['s'] });
    expect((await world.contact('a')).mergedInto).toBe('s');
  });

  it('404: fields that could not be written are said with the next command about the survivor', async () => {
    const { world, sent } = open({ outcome: 'unknown-contacts' });
    await world.tell({ ...TOLD, changed: { remark: 'one', position: 'one' } });
    await world.tell({ id: 'e2', survivor: 's', losers: ['b'], changed: { remark: 'two' }, at: 200 });
    expect(sent[1]?.command.changed).toEqual({ position: 'one', remark: 'two' });
  });

  it('promise 6: 409: parked with the answer’s code, and the contacts are free', async () => {
    const { world } = open({ outcome: 'contradiction', code: 'survivor_is_locked' });
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-contradiction:survivor_is_locked' });
    for (const contact of ['a', 's']) expect(await world.contact(contact)).toEqual({});
    expect((await world.tell(LATER)).state).toBe('applied');
  });

  it('permanent: parked with the answer’s code, and the contacts are free', async () => {
    const { world } = open(failure('permanent', { code: 'bad_phone' }));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:bad_phone' });
    expect((await world.tell(LATER)).state).toBe('applied');
  });

  it('promise 7: refused credentials: parked, and the alarm of its own rings', async () => {
    const { world, sent } = open(failure('auth'));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-auth' });
    expect(world.metrics()).toContain('crm-auth');
    expect(sent).toHaveLength(1);
    expect(await world.listed('parked')).toEqual(['e1']);
  });

  it.each<[string, Reply]>([
    ['a contradiction', { outcome: 'contradiction', code: 'locked' }],
    ['a refusal', failure('permanent')],
    ['refused credentials', failure('auth')],
  ])('promise 5: replayed after %s, it is a new command with a key of its own', async (_what, reply) => {
    const { world, sent } = open(reply);
    await world.tell(TOLD);
    await world.operate('e1', 'replay');
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(sent.map(({ key }) => key)).toEqual(['e1', 'e1~2']);
  });

  it('an event id that is no header gets a key that is', async () => {
    const { world, sent } = open({ outcome: 'contradiction', code: 'locked' });
    const id = `张 1~2 ${'x'.repeat(400)}`;
    await world.tell({ ...TOLD, id });
    await world.operate(id, 'replay');
    await world.drain();
    const [first, second] = sent.map(({ key }) => key);
    expect(first).toMatch(/^sha256-[0-9a-f]{64}$/);
    expect(second).toBe(`${first}~2`);
  });
});

describe('a CRM that cannot be asked now', () => {
  it('is asked again after a growing pause, and the event is applied in the end', async () => {
    const { world, sent } = open(...failures(6, 'retry-soon'));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'applied' });
    expect(sent).toHaveLength(7);
    expect(world.delays.slice(1)).toEqual([2, 3, 6, 12, 24, 48]); // Three quarters of 2, 4, 8 … seconds.
    expect(world.failedDeliveries).toEqual([]);
  });

  it('waits with its reason in the open list, and says so', async () => {
    const { world } = open(...failures(99, 'retry-soon'));
    await world.receive(TOLD);
    await world.drain(0);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-retry-soon', failures: 1 });
    expect(await world.listed('open')).toEqual(['e1']);
  });

  it('when it names a time, is not asked before that', async () => {
    const { world, sent, script } = open(failure('retry-after', { retryAt: START + 10 * MINUTE }));
    let askedAt = 0;
    script.push(() => {
      askedAt = world.clock.now;
      return { outcome: 'done' };
    });
    await world.tell(TOLD);
    expect(sent).toHaveLength(2);
    expect(askedAt - START).toBeGreaterThanOrEqual(10 * MINUTE - 2_000); // Less what clocks may differ by.
    expect(world.delays).toContain(600);
  });

  it('a time beyond what the queue delays by is left to reconcile', async () => {
    const resumeAt = START + 3 * HOUR;
    const { world, sent } = open(failure('retry-after', { retryAt: resumeAt }));
    await world.receive(TOLD);
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-retry-after', resumeAt });
    expect(world.messages).toEqual([]);
    const due = (before: number) => world.events.listed('acme', 'open', { before, limit: 9 });
    expect(await due(resumeAt - 1)).toEqual([]);
    expect(await due(resumeAt)).toEqual([{ id: 'e1', at: resumeAt }]);
    expect(sent).toHaveLength(1);
  });

  it('a message that comes too early is dropped, and asks nothing: reconcile or the right one comes in time', async () => {
    const { world, sent } = open(failure('retry-after', { retryAt: START + 3 * HOUR }));
    await world.receive(TOLD);
    await world.drain(0);
    await world.queue.send({ tenant: 'acme', eventId: 'e1' });
    await world.drain(HOUR);
    expect(sent).toHaveLength(1);
    expect(world.messages).toEqual([]);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', resumeAt: START + 3 * HOUR });
    expect(world.failedDeliveries).toEqual([]);
  });

  it('a day of it, and the event is parked; its contacts are free, for nothing has happened', async () => {
    const { world } = open(...failures(9_999, 'retry-soon'));
    await world.receive(TOLD);
    await world.drain(2 * DAY);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'gave-up:crm-retry-soon' });
    for (const contact of ['a', 's']) expect(await world.contact(contact)).toEqual({});
  });

  it('but a time it names itself is kept, however far', async () => {
    const script: Reply[] = Array.from({ length: 5 }, (_, day) =>
      failure('retry-after', { retryAt: START + (day + 1) * DAY }),
    );
    const { world, sent } = open(...script);
    await world.receive(TOLD);
    for (let day = 0; day <= 5; day++) {
      await world.drain(0);
      world.clock.now += DAY;
      await world.queue.send({ tenant: 'acme', eventId: 'e1' }); // As reconcile does.
    }
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(sent).toHaveLength(6);
  });
});

describe('promise 5: a command without an answer', () => {
  it('is said again, word by word under the same key, whatever has come since', async () => {
    const { world, sent } = open(...failures(3, 'ambiguous'));
    await world.receive(TOLD);
    await world.drain(0);
    await world.receive({ id: 'e0', survivor: 's', losers: ['z'], changed: { remark: 'newer' }, at: 900 });
    world.policy({ omitFields: ['remark'] });
    await world.drain();
    const first = sent.filter(({ key }) => key === 'e1');
    expect(first).toHaveLength(4);
    for (const again of first) expect(again).toEqual(first[0]);
    expect((await world.record('e1')).state).toBe('applied');
  });

  it('keeps its contacts: later events about them wait behind it, visibly, and go on after it', async () => {
    const { world, sent, script } = open(...failures(99, 'ambiguous'));
    await world.receive(TOLD);
    await world.drain(0);
    await world.receive(LATER);
    await world.drain(10 * MINUTE);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'crm-ambiguous' });
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', reason: 'behind-another-event', behind: 'e1' });
    expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(['e1']));
    script.length = 0;
    await world.drain();
    expect((await world.record('e2')).state).toBe('applied');
    expect(sent.at(-1)).toMatchObject({ key: 'e2', command: { survivorId: 't', loserIds: ['s'] } });
    expect(world.failedDeliveries).toEqual([]);
  });

  it('delays no other event', async () => {
    const { world } = open(...failures(1, 'ambiguous'));
    await world.receive(TOLD);
    await world.drain(0);
    await world.receive({ id: 'e9', survivor: 'x', losers: ['y'] });
    await world.drain(0);
    expect((await world.record('e9')).state).toBe('applied');
  });

  it('a day without one, and it is parked, and still keeps its contacts', async () => {
    const { world } = open(...failures(9_999, 'ambiguous'));
    await world.receive(TOLD);
    await world.drain(2 * DAY);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', reason: 'gave-up:crm-ambiguous' });
    await world.receive(LATER);
    await world.drain(HOUR);
    expect(await world.record('e2')).toMatchObject({ state: 'waiting', behind: 'e1' });
  });

  it.each<[CrmFailure, Reply]>([
    ['retry-soon', failure('retry-soon')],
    ['auth', failure('auth')],
  ])('that is then turned away (%s), is still without one', async (_kind, reply) => {
    const { world, sent } = open(failure('ambiguous'), reply);
    await world.receive(TOLD);
    await world.drain();
    if ((await world.record('e1')).state === 'parked') {
      expect((await world.record('e1')).progress?.sent).toBe(true);
      await world.operate('e1', 'replay');
      await world.drain();
    }
    expect(sent).toHaveLength(3);
    for (const again of sent) expect(again).toEqual(sent[0]);
  });

  it('that is then refused for good, has its answer: it took no effect', async () => {
    const { world } = open(failure('ambiguous'), failure('permanent', { code: 'gone' }));
    expect(await world.tell(TOLD)).toMatchObject({ state: 'parked', reason: 'crm-refused:gone' });
    expect((await world.record('e1')).progress).toBeUndefined();
    expect((await world.tell(LATER)).state).toBe('applied');
  });
});

describe('promise 8: an unanswered command that a human settles', () => {
  async function givenUp(...answers: CommandAnswer[]) {
    const opened = open(...failures(9_999, 'ambiguous'));
    await opened.world.receive(TOLD);
    await opened.world.drain(2 * DAY);
    await opened.world.receive(LATER);
    await opened.world.drain(HOUR);
    opened.sent.length = 0;
    opened.script.splice(0, Number.POSITIVE_INFINITY, ...answers);
    return opened;
  }

  it('settle-done: it is not said again, its aliases and clocks stand, those behind it go on', async () => {
    const { world, sent } = await givenUp();
    expect(await world.operate('e1', 'settle-done', 'ada@ops')).toBe('queued');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'applied', operatorActions: [{ by: 'ada@ops' }] });
    expect((await world.contact('a')).mergedInto).toBe('s');
    expect(sent.map(({ key }) => key)).toEqual(['e2']);
  });

  it('settle-not-done: it is said again, as it was', async () => {
    const { world, sent } = await givenUp();
    expect(await world.operate('e1', 'settle-not-done')).toBe('queued');
    await world.drain();
    expect(await world.record('e1')).toMatchObject({ state: 'applied' });
    expect(sent.map(({ key }) => key)).toEqual(['e1', 'e2']);
  });

  it('replay: it is said again under the same key, for the answer is still not known', async () => {
    const { world, sent } = await givenUp();
    expect(await world.operate('e1', 'replay')).toBe('queued');
    await world.drain();
    expect(sent.map(({ key }) => key)).toEqual(['e1', 'e2']);
    expect(sent[0]?.command).toMatchObject({ survivorId: 's', loserIds: ['a'], changed: { remark: 'one' } });
  });
});

describe('settings that are wrong', () => {
  it('make events wait, use up no attempts, and are told apart from the CRM’s failures', async () => {
    const { ConfigError } = await import('../../lib/errors.ts');
    const { world, sent } = open();
    world.config.problem = new ConfigError('crm settings of tenant acme: endpoint: needs a URL');
    await world.receive(TOLD);
    await world.drain(HOUR);
    expect(await world.record('e1')).toMatchObject({ state: 'waiting', reason: 'configuration' });
    expect(world.metrics()).toContain('config');
    expect(world.failedDeliveries).toEqual([]);
    delete world.config.problem;
    await world.drain();
    expect((await world.record('e1')).state).toBe('applied');
    expect(sent).toHaveLength(1);
  });

  it('an unforeseen error does use one up', async () => {
    const { world } = open();
    world.config.problem = new TypeError('x is not a function');
    await world.receive(TOLD);
    await world.drain(0);
    expect(world.failedDeliveries).toHaveLength(1);
    expect(world.metrics()).toContain('apply-failed');
  });
});
