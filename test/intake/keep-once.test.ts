import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { writeRecord } from '../ledger/raw-records.ts';
import { BODY, DAY, envelope, openIntake, sealedAnew } from './intake-world.ts';

const DONE = 200;

describe('promise 3: kept once', () => {
  it('a repeat is acknowledged and changes nothing', async () => {
    const { post, record, queued, clock } = openIntake();
    const sent = envelope('e1');
    await post(sent);
    const before = await record('e1');
    clock.now += 5_000;
    expect((await post(sent)).status).toBe(DONE);
    expect(await record('e1')).toEqual(before);
    expect(queued).toEqual(['acme/e1']);
  });

  it('a repeat that is sealed anew is the same event, by its content', async () => {
    const { post, record, queued } = openIntake();
    const again = () => ({ ...envelope('e1'), body: sealedAnew(BODY) });
    await post(again());
    const before = await record('e1');
    expect((await post(again())).status).toBe(DONE);
    expect(await record('e1')).toEqual(before);
    expect(queued).toEqual(['acme/e1']);
  });

  it('the same ciphertext under another id is the same event', async () => {
    const { post, record, queued, open } = openIntake();
    const { body } = envelope('e1');
    await post({ ...envelope('e1'), body });
    for (const id of ['e2', 'e3', '']) expect((await post({ ...envelope(id), body })).status).toBe(DONE);
    expect(await record('e2')).toBeUndefined();
    expect(queued).toEqual(['acme/e1']);
    expect(await open()).toHaveLength(1);
  });

  it('the same ciphertext with another nonce or time around it cannot be had: both are signed', async () => {
    const { post, queued } = openIntake();
    const sent = envelope('e1');
    await post(sent);
    for (const change of [{ nonce: 'other' }, { timeStamp: '1700000000' }]) {
      const forged = { ...sent, id: 'e2', body: { ...(sent.body as object), ...change } };
      expect((await post(forged)).status).toBe(401);
    }
    expect(queued).toEqual(['acme/e1']);
  });

  it('a repeat whose first copy was stored but never queued is queued', async () => {
    const { post, record, queued, trouble } = openIntake();
    trouble.queue = true;
    const sent = envelope('e1');
    await post(sent);
    expect(queued).toEqual([]);
    trouble.queue = false;
    expect((await post(sent)).status).toBe(DONE);
    expect(queued).toEqual(['acme/e1']);
    expect(await record('e1')).toMatchObject({ state: 'stored' });
  });

  it('of twenty copies at once one is kept', async () => {
    const { post, record, queued, open } = openIntake();
    const copies = Array.from({ length: 20 }, () => ({ ...envelope('e1'), body: sealedAnew(BODY) }));
    const answers = await Promise.all(copies.map((copy) => post(copy)));
    expect(answers.every(({ status }) => status === DONE)).toBe(true);
    expect(await open()).toHaveLength(1);
    expect(await record('e1')).toMatchObject({ state: 'stored' });
    expect(new Set(queued)).toEqual(new Set(['acme/e1']));
  });

  it('of one ciphertext under twenty ids at once one event comes', async () => {
    const { post, open } = openIntake();
    const { body } = envelope('e1');
    await Promise.all(Array.from({ length: 20 }, (_, index) => post({ ...envelope(`e${index}`), body })));
    expect(await open()).toHaveLength(1);
  });

  it('is remembered longer than its signature is accepted', async () => {
    const { post, record, queued, clock } = openIntake({ maxAgeSeconds: 30 * 86_400 });
    const sent = envelope('e1');
    await post(sent);
    clock.now += 30 * DAY - 1_000; // As long as settings may accept it.
    expect((await post(sent)).status).toBe(DONE);
    expect((await post({ ...sent, id: 'e2' })).status).toBe(DONE);
    expect(queued).toEqual(['acme/e1']);
    expect(await record('e2')).toBeUndefined();
  });

  it('what has become of an event since is not undone by a repeat', async () => {
    const { post, record, queued, events } = openIntake();
    const sent = envelope('e1');
    await post(sent);
    const applied = { ...(await record('e1')), state: 'applied' } as EventRecord;
    await writeRecord(events, 'acme', applied, { expected: 1, dueAt: 0 });
    await post(sent);
    expect(await record('e1')).toEqual(applied);
    expect(queued).toEqual(['acme/e1']);
  });

  it('a repeat does not wake an event that waits for an operator', async () => {
    const { post, record, queued, events } = openIntake();
    const sent = envelope('e1');
    await post(sent);
    const parked = { ...(await record('e1')), state: 'parked', reason: 'crm-auth' } as EventRecord;
    await writeRecord(events, 'acme', parked, { expected: 1, dueAt: 0 });
    await post(sent);
    expect(await record('e1')).toEqual(parked);
    expect(queued).toEqual(['acme/e1']);
  });

  it('events without an id are known by their content', async () => {
    const { post, open } = openIntake();
    const { id: _id, ...first } = envelope('-');
    const { id: _other, ...second } = envelope('-');
    for (const sent of [first, second, first]) expect((await post(sent)).status).toBe(DONE);
    const ids = (await open()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(id).toMatch(/^sha256-[0-9a-f]{64}$/);
  });
});

const FIRST = { ...BODY, mergedIDs: ['a'] };
const SECOND = { ...BODY, mergedIDs: ['b'] };
const sealedUnder = (id: string, content: object) => ({ ...envelope(id), body: sealedAnew(content) });
const PLAIN_TEXT = { plainText: { sources: ['203.0.113.9'] } };
const plainUnder = (id: string, content: object) => ({ ...envelope(id), body: content });

describe.each([
  ['sealed', {}, sealedUnder],
  ['plain', PLAIN_TEXT, plainUnder],
] as const)('promise 7: two events under one id, %s', (_, settings, under) => {
  it('are both kept and queued, and the log names both ids', async () => {
    const { post, record, queued, lines } = openIntake(settings);
    for (const content of [FIRST, SECOND, FIRST, SECOND]) expect((await post(under('e1', content))).status).toBe(DONE);
    const other = queued.find((pointer) => pointer !== 'acme/e1')?.slice('acme/'.length) ?? '';
    expect(queued).toEqual(['acme/e1', `acme/${other}`]);
    expect(other).toBe(`sha256-${(await record(other))?.digest}`);
    const differs = lines.filter(({ metric }) => metric === 'repeat-differs');
    expect(differs).toMatchObject([{ eventId: other, problem: 'the id names another event: e1' }]);
  });

  it('are both kept when they come at once', async () => {
    const { post, open } = openIntake(settings);
    await Promise.all([FIRST, SECOND, FIRST, SECOND].map((content) => post(under('e1', content))));
    expect(await open()).toHaveLength(2);
  });

  it('are each known under any further id', async () => {
    const { post, open } = openIntake(settings);
    for (const content of [FIRST, SECOND]) await post(under('e1', content));
    for (const id of ['e2', 'e3', ''])
      for (const content of [FIRST, SECOND]) expect((await post(under(id, content))).status).toBe(DONE);
    expect(await open()).toHaveLength(2);
  });

  it('a merge under the id of an ignored event is a merge, and that one stays ignored', async () => {
    const { post, queued, record } = openIntake(settings);
    await post({ ...under('e1', { id: 's', remark: 'x' }), event: 'CRM_CONTACT', action: 'CRM_CONTACT_UPDATED' });
    const ignored = await record('e1');
    await post(under('e1', FIRST));
    expect(queued.at(-1)).toMatch(/^acme\/sha256-/);
    expect(await record('e1')).toEqual(ignored);
  });

  it('that are parked raise one alarm each', async () => {
    const { post, lines } = openIntake(settings);
    for (const content of [FIRST, SECOND]) await post({ ...under('e1', content), event: 'x' });
    const alarms = lines.filter(({ metric }) => metric === 'parked').map(({ eventId }) => eventId);
    expect(alarms).toEqual(['e1', expect.stringMatching(/^sha256-/)]);
  });
});

describe('a stranger’s id', () => {
  it('cannot take the derived id of another event', async () => {
    const { post, record, queued } = openIntake();
    const unnamed = { event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body: sealedAnew(FIRST) };
    const probe = openIntake();
    await probe.post(unnamed);
    const derived = probe.queued[0]?.slice('acme/'.length) ?? '';
    await post(sealedUnder(derived, SECOND));
    await post(unnamed);
    expect(queued).toHaveLength(2);
    expect((await record(derived))?.digest).toBe(derived.slice('sha256-'.length));
  });
});

describe('promise 3: what a callback costs', () => {
  it('two writes and a message for a new event, record and message at once', async () => {
    const { post, requests, messages } = openIntake();
    await post(sealedUnder('e1', FIRST));
    expect(requests).toEqual(['put content', 'put event']);
    expect(messages).toEqual([{ event: 'acme/e1', delaySeconds: 1 }]);
  });

  it('two requests for a repeat, whether it is sealed anew or not', async () => {
    const { post, requests } = openIntake();
    const sent = sealedUnder('e1', FIRST);
    await post(sent);
    for (const repeat of [sent, sealedUnder('e1', FIRST)]) {
      requests.length = 0;
      await post(repeat);
      expect(requests).toEqual(['put content', 'get event']);
    }
  });

  it('three for a repeat under another id', async () => {
    const { post, requests } = openIntake();
    await post(sealedUnder('e1', FIRST));
    requests.length = 0;
    await post(sealedUnder('e2', FIRST));
    expect(requests.slice(0, 3)).toEqual(['put content', 'get event', 'get content']);
  });

  it('two for an event of another kind, and no message', async () => {
    const { post, requests, messages } = openIntake();
    await post({ ...sealedUnder('e1', { id: 's', remark: 'x' }), event: 'CRM_CONTACT', action: 'CRM_CONTACT_UPDATED' });
    expect(requests).toEqual(['put content', 'put event']);
    expect(messages).toEqual([]);
  });
});

describe('promise 2: a repeat of an event', () => {
  it('that no worker has taken sends its message again: the first may never have been sent', async () => {
    const { post, messages } = openIntake();
    const sent = sealedUnder('e1', FIRST);
    await post(sent);
    await post(sent);
    expect(messages).toEqual([
      { event: 'acme/e1', delaySeconds: 1 },
      { event: 'acme/e1', delaySeconds: 0 },
    ]);
  });

  it('a queue that has failed is not asked twice by one callback: the sender waits', async () => {
    const { post, trouble, queued } = openIntake();
    let asked = 0;
    Object.defineProperty(trouble, 'queue', { get: () => ++asked === 1 });
    expect((await post(sealedUnder('e1', FIRST))).status).toBe(DONE);
    expect([asked, queued]).toEqual([1, []]);
  });

  it('that a worker has taken sends none', async () => {
    const { post, messages, record, events } = openIntake();
    const sent = sealedUnder('e1', FIRST);
    await post(sent);
    const worker = { id: 'w', until: 0 };
    const working = { ...(await record('e1')), state: 'working', worker } as EventRecord;
    await writeRecord(events, 'acme', working, { expected: 1, dueAt: 0 });
    await post(sent);
    expect(messages).toHaveLength(1);
  });
});

describe('promise 2: a message that is sent while its record is written', () => {
  const messagesWhenRecordTakes = async (milliseconds: number) => {
    const { post, messages, clock, trouble, requests } = openIntake();
    trouble.onPut = () => {
      if (requests.at(-1) === 'put event') clock.now += milliseconds;
    };
    await post(sealedUnder('e1', FIRST));
    return messages;
  };

  it('is the only one, where its record came well before it', async () => {
    expect(await messagesWhenRecordTakes(700)).toHaveLength(1);
  });

  it('is followed by another, where a worker may have found no record', async () => {
    const [, again, ...more] = await messagesWhenRecordTakes(701);
    expect(again).toEqual({ event: 'acme/e1', delaySeconds: 0 });
    expect(more).toEqual([]);
  });
});
