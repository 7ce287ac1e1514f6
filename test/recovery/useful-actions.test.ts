import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { usefulActions } from '../../lib/recovery/operator-actions.ts';

const progress = { step: 1, sent: true, attempts: 1 };

describe('what an operator is offered for an event', () => {
  it.each([
    ['that is on its way: nothing', { state: 'waiting', reason: 'crm-ambiguous', progress }, []],
    ['past the volume limit', { state: 'held', reason: 'tenant-hour-limit' }, ['release']],
    ['that is parked, without a call', { state: 'parked', reason: 'cycle' }, ['replay']],
    [
      'that is parked, its call answered',
      { state: 'parked', reason: 'cycle', progress: { ...progress, sent: false } },
      ['replay'],
    ],
    [
      'that is parked, its call unanswered',
      { state: 'parked', reason: 'gave-up:crm-ambiguous', progress },
      ['replay', 'settle-done', 'settle-not-done'],
    ],
    ['that was only observed', { state: 'skipped', reason: 'observed' }, ['replay']],
    ['that met contacts without a record', { state: 'applied', missing: ['a'] }, ['replay']],
    ['none of whose contacts has a record', { state: 'skipped', reason: 'unknown-in-crm', missing: ['a'] }, ['replay']],
    ['that is applied: nothing', { state: 'applied' }, []],
    ['with nothing to do: nothing', { state: 'skipped', reason: 'not-linked' }, []],
    ['that is no merge: nothing', { state: 'ignored', reason: 'not-a-merge' }, []],
  ])('%s', (_what, record, actions) => {
    expect(usefulActions(record as unknown as EventRecord)).toEqual(actions);
  });
});
