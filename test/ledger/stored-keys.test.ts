import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import type { Plan } from '../../lib/ledger/plans.ts';
import { received } from '../../lib/ledger/transitions.ts';
import type { UndoPlan } from '../../lib/ledger/undo-plans.ts';
import type { DocumentKey, Documents } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const NOW = Date.UTC(2026, 0, 5, 8, 20);
const HOUR = 3_600_000;
const LATER = NOW + HOUR;
const CLOCK = { now: NOW, timing: { graceMs: 60_000, stuckMs: HOUR } };
const CALL = { plan: 1, step: 0, attempt: 2, call: 'merge', at: 7, answeredAt: 8, outcome: 'done' };
const INTENT = { eventId: 'e1', contactId: 'a', recordId: 'r1' };
const BULK = {
  id: 'b1',
  action: 'replay',
  by: 'ada',
  startedAt: 5,
  updatedAt: 5,
  total: 1,
  queued: 0,
  refused: 0,
} as const;
// Of SHA-256 of the event id the first digit, hex: printf e1 | sha256sum
const E1_IN_LIST = '8';
const UNDO_PLAN = { number: 2, madeAt: 3, by: 'ada' } as UndoPlan;
const PLAN = { number: 1, madeAt: 3 } as Plan;

/** Documents that note the key of each write. */
function openStore() {
  const memory = asPort(createMemoryDocuments(() => NOW));
  const written: DocumentKey[] = [];
  const documents: Documents = {
    ...memory,
    put: (key, ...rest) => {
      written.push(key);
      return memory.put(key, ...rest);
    },
    add: (key, ...rest) => {
      written.push(key);
      return memory.add(key, ...rest);
    },
  };
  return { documents, written, ledger: createLedger({ events: documents, ledger: documents }, 'acme') };
}

const key = (kind: string, id: string, sort?: string): DocumentKey =>
  sort === undefined ? { tenant: 'acme', kind, id } : { tenant: 'acme', kind, id, sort };

/** While a deployment takes the place of another both read and write the tables: a key is as fixed as a format. */
describe('promise 3: two versions side by side find each other’s documents', () => {
  type Ours = ReturnType<typeof openStore>['ledger'];
  const writes: [string, (ledger: Ours) => Promise<unknown>, DocumentKey[]][] = [
    [
      'an event',
      ({ events }) =>
        events.save(received({ eventId: 'e1', kind: 'merge', name: 'E/A', digest: 'd' }, undefined, CLOCK), 0),
      [key('event', 'e1')],
    ],
    ['a content', ({ contents }) => contents.claim('d', { eventId: 'e1' }, LATER), [key('content', 'd')]],
    ['a contact', ({ contacts }) => contacts.write('a', { mergedInto: 's' }, 0), [key('contact', 'a')]],
    [
      'a place in a waiting list',
      ({ waiting }) => waiting.enter('a', { eventId: 'e1', at: 1 }),
      [key('waiting', 'a', E1_IN_LIST)],
    ],
    ['a plan', ({ plans }) => plans.store('e1', PLAN, LATER), [key('plan', 'e1', '0001')]],
    [
      'a plan of taking a merge back',
      ({ undoPlans }) => undoPlans.store('e1', UNDO_PLAN, LATER),
      [key('undo', 'e1', '0002')],
    ],
    [
      'moved calls',
      ({ journal }) => journal.keep('e1', [CALL, { ...CALL, at: 9, attempt: 13 }], LATER),
      [key('journal', 'e1', '7.000001.000000.000002.merge.9.000001.000000.000013.merge')],
    ],
    [
      'a count',
      ({ counters }) => counters.add({ id: 'tenant', windowMs: HOUR }, 1, NOW),
      [key('counter', 'tenant', '491000')],
    ],
    ['a bulk action', ({ bulkActions }) => bulkActions.save(BULK, 0), [key('bulk', 'b1')]],
    [
      'the use of a key pair',
      ({ keyUses }) => keyUses.note('k', NOW, LATER),
      [key('key-use', 'k', '2026-01-05T08:20:00.000Z')],
    ],
    ['the salt', ({ knownKeys }) => knownKeys.base(() => 's'), [key('key-base', 'base')]],
    ['a remembered value', ({ knownKeys }) => knownKeys.remember('A', ['x']), [key('key-owners', 'x')]],
    [
      'an intent of linking',
      ({ linkIntents }) => linkIntents.during(INTENT, { at: NOW }, async () => 'written'),
      [key('link-event', 'e1', INTENT.contactId), key('link-record', 'r1')],
    ],
  ];

  it.each(writes)('%s is written under its key', async (_what, write, keys) => {
    const { ledger, written } = openStore();
    await write(ledger);
    expect(written).toStrictEqual(keys);
  });

  it('each is read from its key', async () => {
    const { ledger, documents } = openStore();
    const store = (where: DocumentKey, value: unknown) => documents.put(where, value, { expected: 0 });
    const record = { eventId: 'e1', state: 'stored' } as EventRecord;
    await store(key('event', 'e1'), record);
    await store(key('content', 'd'), { eventId: 'e1' });
    await store(key('contact', 'a'), { mergedInto: 's' });
    await store(key('waiting', 'a', E1_IN_LIST), [{ eventId: 'e1', at: 1 }]);
    await store(key('plan', 'e1', '0001'), PLAN);
    await store(key('undo', 'e1', '0002'), UNDO_PLAN);
    await store(key('journal', 'e1', '7.000001'), [CALL]);
    await store(key('key-base', 'base'), { salt: 's' });
    await store(key('key-owners', 'x'), ['A']);
    await store(key('link-event', 'e1', INTENT.contactId), INTENT);
    await documents.put(key('bulk', 'b1'), BULK, { expected: 0, listed: { list: 'bulk', at: 5 } });
    await store(key('key-use', 'k', '2026-01-05T08:00:00.000Z'), {});
    await documents.put(key('contact', 'b'), {}, { expected: 0, listed: { list: 'into#s', at: 4 } });
    const range = { before: NOW, limit: 9 };
    expect([
      (await ledger.events.read('e1'))?.value,
      await ledger.contents.read('d'),
      (await ledger.contacts.read('a')).value,
      await ledger.waiting.take('a', 1),
      await ledger.plans.read('e1', 1),
      await ledger.undoPlans.read('e1', 2),
      await ledger.undoPlans.store('e1', UNDO_PLAN, LATER),
      await ledger.journal.read({ eventId: 'e1', callsMoved: true }),
      await ledger.knownKeys.base(() => 'other'),
      await ledger.knownKeys.owners(['x']),
      await ledger.linkIntents.of('e1', INTENT.contactId),
      (await ledger.bulkActions.read('b1'))?.value,
      await ledger.bulkActions.newest(range),
      await ledger.keyUses.last('k'),
      await ledger.contacts.losers('s', 9),
    ]).toEqual([
      record,
      { eventId: 'e1' },
      { mergedInto: 's' },
      { events: ['e1'], left: false },
      PLAN,
      UNDO_PLAN,
      false,
      [CALL],
      { salt: 's' },
      [['A']],
      INTENT,
      BULK,
      [{ id: 'b1', at: 5 }],
      Date.UTC(2026, 0, 5, 8),
      [{ id: 'b', at: 4 }],
    ]);
  });
});
