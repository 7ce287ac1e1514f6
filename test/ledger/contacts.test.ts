import { createContacts, unlocked } from '../../lib/ledger/contacts.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { createWaitingLists, type WaitingLists } from '../../lib/ledger/waiting-lists.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

/** A table whose next write another writer comes before, once `rival` is set. */
function contested() {
  const documents = bindTenant(asPort(createMemoryDocuments(() => 0)), 'acme');
  const state: { rival?: (() => Promise<unknown>) | undefined; writes: number } = { writes: 0 };
  const put: typeof documents.put = async (...write) => {
    const { rival } = state;
    state.rival = undefined;
    await rival?.();
    state.writes += 1;
    return documents.put(...write);
  };
  return { state, documents: { ...documents, put } };
}

describe('the events that wait for a contact', () => {
  const listOf = (entries: string[], waiting: WaitingLists) =>
    Promise.all(entries.map((eventId, at) => waiting.enter('a', { eventId, at: at + 1 })));

  it('are taken in the order they came, those that had their turn before all others', async () => {
    const waiting = createWaitingLists(contested().documents);
    for (const eventId of ['e1', 'e2', 'e1']) await waiting.enter('a', { eventId, at: Number(eventId.slice(1)) });
    await waiting.enter('a', { eventId: 'e0', at: 0 });
    await waiting.enter('b', { eventId: 'e9', at: 9 });
    expect(await waiting.take('a', 2)).toEqual({ events: ['e0', 'e1'], left: true });
    expect(await waiting.take('a', 2)).toEqual({ events: ['e2'], left: false });
    expect(await waiting.take('b', 1)).toEqual({ events: ['e9'], left: false });
  });

  it('are taken in the order of their times, whichever part of the list they stand in', async () => {
    const waiting = createWaitingLists(contested().documents);
    const ids = Array.from({ length: 40 }, (_, index) => `e${index}`);
    for (const [index, eventId] of ids.entries()) await waiting.enter('a', { eventId, at: 100 - index });
    expect(await waiting.take('a', 40)).toEqual({ events: ids.reverse(), left: false });
  });

  it('leave it alone, once, and the others stay; what is not in the list changes nothing', async () => {
    const { state, documents } = contested();
    const waiting = createWaitingLists(documents);
    // e1 and e13 stand in the same part of the list.
    for (const eventId of ['e1', 'e13', 'e2']) await waiting.enter('a', { eventId, at: 1 });
    await waiting.leave('a', 'e1');
    state.writes = 0;
    for (const eventId of ['e1', 'never-there']) await waiting.leave('a', eventId);
    expect(state.writes).toBe(0);
    expect((await waiting.take('a', 5)).events.sort()).toEqual(['e13', 'e2']);
  });

  it('are no more than were asked for, where another writer takes one meanwhile', async () => {
    const { state, documents } = contested();
    const waiting = createWaitingLists(documents);
    // The part that e1 stands in is written before that of e2.
    for (const [at, eventId] of ['e1', 'e2', 'e3', 'e4'].entries()) await waiting.enter('a', { eventId, at });
    state.rival = () => waiting.leave('a', 'e1');
    expect(await waiting.take('a', 2)).toEqual({ events: ['e2', 'e3'], left: true });
  });

  it('nothing is taken from an empty list, and nothing written', async () => {
    const { state, documents } = contested();
    expect(await createWaitingLists(documents).take('a', 5)).toEqual({ events: [], left: false });
    expect(state.writes).toBe(0);
  });

  it('are neither lost nor handed out twice where two writers come at once', async () => {
    const { state, documents } = contested();
    const waiting = createWaitingLists(documents);
    // Both stand in the same part of the list.
    state.rival = () => waiting.enter('a', { eventId: 'e1', at: 1 });
    await waiting.enter('a', { eventId: 'e13', at: 2 });
    const taken: string[] = [];
    state.rival = async () => taken.push(...(await waiting.take('a', 1)).events);
    taken.push(...(await waiting.take('a', 1)).events);
    expect(taken).toEqual(['e1', 'e13']);
  });

  it('cost the same number of writes each, however many they are and however many enter at once', async () => {
    const { state, documents } = contested();
    const waiting = createWaitingLists(documents);
    const ids = Array.from({ length: 400 }, (_, index) => `e${index}`);
    for (let from = 0; from < ids.length; from += 40) await listOf(ids.slice(from, from + 40), waiting);
    expect(state.writes).toBeLessThan(4 * ids.length);
    state.writes = 0;
    const taken: string[] = [];
    for (const _ of ids) taken.push(...(await waiting.take('a', 1)).events);
    expect([taken.sort(), state.writes]).toEqual([ids.sort(), ids.length]);
  });
});

describe('a contact', () => {
  it('is not written where nothing is to change', async () => {
    const { state, documents } = contested();
    const contacts = createContacts(documents);
    await contacts.update('a', () => ({ recordId: 'r1' }));
    expect(await contacts.update('a', () => undefined)).toEqual({ recordId: 'r1' });
    expect([state.writes, await contacts.read('a')]).toEqual([1, { value: { recordId: 'r1' }, version: 1 }]);
  });

  it('keeps what another writer wrote in between', async () => {
    const { state, documents } = contested();
    const contacts = createContacts(documents);
    state.rival = () => contacts.update('a', (contact) => ({ ...contact, waiting: true }));
    await contacts.update('a', (contact) => ({ ...contact, recordId: 'r1' }));
    expect((await contacts.read('a')).value).toEqual({ recordId: 'r1', waiting: true });
  });

  it('is known under many ids at once, as empty where nothing was written', async () => {
    const contacts = createContacts(contested().documents);
    await contacts.update('b', () => ({ recordId: 'r1' }));
    expect(await contacts.readMany(['a', 'b'])).toEqual(
      new Map([
        ['a', { value: {}, version: 0 }],
        ['b', { value: { recordId: 'r1' }, version: 1 }],
      ]),
    );
  });

  it('is listed with the survivor its event named, under the time it was merged away; others are in no list', async () => {
    const contacts = createContacts(contested().documents);
    const aliases = { a: { mergedInto: 's', mergedAt: 7 }, b: { mergedInto: 't', parent: 's', mergedAt: 5 } };
    const others = { c: { mergedInto: 't', mergedAt: 3 }, d: { mergedInto: 's' }, s: { recordId: 'r1' } };
    for (const [id, contact] of Object.entries({ ...aliases, ...others })) await contacts.write(id, contact, 0);
    expect(await contacts.losers('s', 9)).toEqual([
      { id: 'd', at: 0 },
      { id: 'b', at: 5 },
      { id: 'a', at: 7 },
    ]);
    expect(await contacts.losers('s', 1)).toEqual([{ id: 'd', at: 0 }]);
    expect(await contacts.losers('t', 9)).toEqual([{ id: 'c', at: 3 }]);
    expect(await contacts.losers('undefined', 9)).toEqual([]);
  });

  it('unlocked is the same without its lock', () => {
    const lockedBy = { event: 'e1', worker: 'w', plan: 1 };
    expect(unlocked({ lockedBy, recordId: 'r1' })).toEqual({ recordId: 'r1' });
  });
});
