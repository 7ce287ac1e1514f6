import { ALL_LISTS, ALL_STATES, listsOf } from '../../lib/ledger/event-states.ts';

describe('the lists of events', () => {
  it('of a state are all that an event in it may stand in: its own first', () => {
    expect(Object.fromEntries(ALL_STATES.map((state) => [state, listsOf(state)]))).toEqual({
      ...{ stored: ['open'], queued: ['open'], working: ['open'], waiting: ['open'] },
      ...{ held: ['held'], parked: ['parked'], ignored: ['ignored'] },
      ...{ applied: ['applied', 'unlinked'], skipped: ['skipped', 'unlinked', 'observed'] },
    });
  });

  it('are each named once', () => {
    const lists = ['open', 'held', 'parked', 'applied', 'unlinked', 'skipped', 'observed', 'ignored'];
    expect([...ALL_LISTS].sort()).toEqual(lists.sort());
  });
});
