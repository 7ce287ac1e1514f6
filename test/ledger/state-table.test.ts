import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { ALL_STATES, type EventState, isFinal, listOf, operatorActionsOf } from '../../lib/ledger/event-states.ts';
import { type Rule, TRANSITIONS } from '../../lib/ledger/transition-table.ts';

const RULES: Rule[] = Object.values(TRANSITIONS);
const FIRST: EventState[] = ['stored', 'ignored', 'parked'];

/** Does not compile for a state that has no member in the union of records. */
const WITHOUT_RECORD: Record<Exclude<EventState, EventRecord['state']>, never> = {};

it('every state has a record of its own', () => {
  expect(WITHOUT_RECORD).toEqual({});
});

describe.each(ALL_STATES)('an event that is %s', (state) => {
  const ways = RULES.filter(({ from }) => from.includes(state));

  it('has come there: as a new event, or by a move', () => {
    expect(FIRST.includes(state) || RULES.some(({ to }) => to === state)).toBe(true);
  });

  it('goes on by a move, unless it is final; a later copy may show that an ignored one is a merge', () => {
    const goesOn = !isFinal(state) || operatorActionsOf(state).length > 0 || state === 'ignored';
    expect(ways.some(({ to }) => to !== state)).toBe(goesOn);
  });

  it('stands in one list: its own once it is over, so that all events can be found by state and time', () => {
    expect(listOf(state) === state).toBe(isFinal(state) || ['held', 'parked'].includes(state));
  });
});
