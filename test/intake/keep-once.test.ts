import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { writeRecord } from '../ledger/raw-records.ts';
import { BODY, DAY, envelope, openIntake } from './intake-world.ts';

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

  it('a repeat that is sealed anew is the same event, by its id', async () => {
    const { post, record, queued } = openIntake();
    await post(envelope('e1'));
    const before = await record('e1');
    expect((await post(envelope('e1'))).status).toBe(DONE);
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
    expect(await record('e1')).toMatchObject({ state: 'queued' });
  });

  it('of twenty copies at once one is kept', async () => {
    const { post, record, queued, open } = openIntake();
    const copies = Array.from({ length: 20 }, () => envelope('e1'));
    const answers = await Promise.all(copies.map((copy) => post(copy)));
    expect(answers.every(({ status }) => status === DONE)).toBe(true);
    expect(await open()).toHaveLength(1);
    expect(await record('e1')).toMatchObject({ state: 'queued' });
    expect(new Set(queued)).toEqual(new Set(['acme/e1']));
  });

  it('of one ciphertext under twenty ids at once one event comes', async () => {
    const { post, open } = openIntake();
    const { body } = envelope('e1');
    await Promise.all(Array.from({ length: 20 }, (_, index) => post({ ...envelope(`e${index}`), body })));
    expect(await open()).toHaveLength(1);
  });

  it('is remembered longer than anybody can replay it', async () => {
    const { post, record, queued, clock } = openIntake({ maxAgeSeconds: 30 * 86_400 });
    const sent = envelope('e1');
    await post(sent);
    clock.now += 30 * DAY - 1_000; // As long as a door may let it in.
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
    await writeRecord(events, 'acme', applied, { expected: 2, dueAt: 0 });
    await post(sent);
    await post(envelope('e1', { ...BODY, mergedIDs: ['somebody', 'else'] }));
    expect(await record('e1')).toEqual(applied);
    expect(queued).toEqual(['acme/e1']);
  });

  it('events without an id are known by their ciphertext', async () => {
    const { post, open } = openIntake();
    const { id: _id, ...first } = envelope('-');
    const { id: _other, ...second } = envelope('-');
    for (const sent of [first, second, first]) expect((await post(sent)).status).toBe(DONE);
    const ids = (await open()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(id).toMatch(/^sha256-[0-9a-f]{64}$/);
  });

  it('a plain-text repeat with other content changes nothing, and the log says so', async () => {
    const { post, record, lines } = openIntake({ plainText: { sources: ['203.0.113.9'] } });
    const plain = (changes: object) => ({ ...envelope('e1'), body: { ...BODY, ...changes } });
    await post(plain({}));
    const before = await record('e1');
    expect((await post(plain({ mergedIDs: ['b'] }))).status).toBe(DONE);
    expect(await record('e1')).toEqual(before);
    expect(lines).toContainEqual(expect.objectContaining({ metric: 'repeat-differs', eventId: 'e1' }));
  });
});
