import { type EventRecord, hasReason, listOfRecord, progressOf, workerOf } from '../../lib/ledger/event-record.ts';
import { REASONS } from '../../lib/ledger/reason-table.ts';
import { reasonFacts, reasonName } from '../../lib/ledger/reasons.ts';

const record = (fields: object) => fields as EventRecord;

describe('the list that an event stands in', () => {
  it.each([
    ['open', { state: 'stored' }],
    ['open', { state: 'waiting', reason: 'crm-ambiguous', missing: ['A'] }],
    ['held', { state: 'held', reason: 'tenant-hour-limit' }],
    ['parked', { state: 'parked', reason: 'unlinked', missing: ['A'] }],
    ['applied', { state: 'applied' }],
    ['unlinked', { state: 'applied', missing: ['A'] }],
    ['skipped', { state: 'skipped', reason: 'not-linked' }],
    ['unlinked', { state: 'skipped', reason: 'unknown-in-crm', missing: ['A'] }],
    ['observed', { state: 'skipped', reason: 'observed', missing: ['A'] }],
    ['ignored', { state: 'ignored', reason: 'not-a-merge' }],
  ])('%s: %j', (list, fields) => {
    expect(listOfRecord(record(fields))).toBe(list);
  });
});

describe('an event’s reason', () => {
  const refused = record({ state: 'parked', reason: 'crm-refused:NO' });

  it('is asked for by its name, or with what stands behind the colon', () => {
    const asked = ['crm-refused', 'crm-refused:NO', 'crm-refused:N', 'crm-ref', 'NO', 'cycle', ''];
    expect(asked.filter((reason) => hasReason(refused, reason))).toEqual(['crm-refused', 'crm-refused:NO']);
    expect(hasReason(record({ state: 'parked', reason: 'cycle' }), 'cycle')).toBe(true);
    expect(hasReason(record({ state: 'stored' }), 'cycle')).toBe(false);
  });

  it('is explained by its name', () => {
    expect([reasonName('crm-refused:NO'), reasonName('cycle')]).toEqual(['crm-refused', 'cycle']);
    expect([reasonFacts('crm-refused:A:B'), reasonFacts('cycle')]).toEqual([REASONS['crm-refused'], REASONS.cycle]);
  });
});

describe('what an event has under way', () => {
  const worker = { id: 'w', until: 9 };
  const progress = { step: 1, sent: false, attempts: 1 };

  it('has a worker while it is worked on, and only then', () => {
    expect(workerOf(record({ state: 'working', worker }))).toEqual(worker);
    expect(workerOf(record({ state: 'waiting' }))).toBeUndefined();
  });

  it('has the progress of its plan, where it has one', () => {
    expect(progressOf(record({ state: 'parked', progress }))).toEqual(progress);
    expect(progressOf(record({ state: 'parked' }))).toBeUndefined();
  });
});
