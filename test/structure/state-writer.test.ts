import type { Sources } from './rules.ts';
import { readSourceTree } from './source-tree.ts';

const SHIPPED = /^(lib|functions)\//;

/** Files that could write an event's state: those that name the key of a record, or make the type that can be stored. */
function stateWriters(sources: Sources): { keys: string[]; makers: string[] } {
  const shipped = Object.entries(sources).filter(([file]) => SHIPPED.test(file));
  const withText = (pattern: RegExp) => shipped.filter(([, code]) => pattern.test(code)).map(([file]) => file);
  return {
    keys: withText(/\bkind: ['"`]event['"`]/),
    makers: withText(/\bas (unknown as |any as )?Moved\b/),
  };
}

describe('transition is the only writer of an event’s state', () => {
  it('one file knows where records are kept, and stores only what a move has made; one file makes moves', () => {
    expect(stateWriters(readSourceTree())).toEqual({
      keys: ['lib/ledger/event-records.ts'],
      makers: ['lib/ledger/transitions.ts'],
    });
  });

  it.each([
    ["documents.put({ tenant, kind: 'event', id }, { ...record, state: 'parked' }, how);", 'keys'],
    ["events.save({ record: { ...record, state: 'parked' } } as Moved, 1);", 'makers'],
    ['events.save({ record } as unknown as Moved, 1);', 'makers'],
  ] as const)('a file that says %s is found', (code, where) => {
    expect(stateWriters({ 'lib/merge/a.ts': code })[where]).toEqual(['lib/merge/a.ts']);
  });
});
