import { driftOf, type MergedAway } from '../../lib/linking/drift.ts';
import { planLinks } from '../../lib/linking/plan-links.ts';
import type { KeyedRecord } from '../../lib/linking/two-sides.ts';

const mobile = (...values: string[]) => ({ mobile: values });
const contact = (contactId: string, ...mobiles: string[]) => ({ contactId, lines: [], keys: mobile(...mobiles) });
const record = (recordId: string, contactIds: string[], ...mobiles: string[]): KeyedRecord => ({
  recordId,
  contactIds,
  keys: mobile(...mobiles),
});

function drift(contacts: ReturnType<typeof contact>[], records: KeyedRecord[], merged: [string, MergedAway][] = []) {
  const survivors = new Map(merged.map(([id, { survivor }]) => [id, survivor]));
  const rows = planLinks(contacts, records, { keys: ['mobile'], sharedByAtMost: 5, survivors });
  return driftOf(rows, records, new Map(merged)).map(({ class: kind, contactId = '-', recordIds, survivor, event }) =>
    [kind, contactId, recordIds.join('+') || '-', ...(survivor ? [survivor, event ?? '-'] : [])].join(' '),
  );
}

describe('a report on drift', () => {
  it('tells what is linked, what could be, and what is not there', () => {
    const contacts = [contact('A', '1'), contact('B', '2'), contact('C', '3'), contact('D', '4'), contact('E', '4')];
    const records = [
      record('r1', ['A']),
      record('r2', [], '2'),
      record('r4', [], '4'),
      record('r5', ['X']),
      record('r6', []),
    ];
    expect(drift(contacts, records)).toEqual([
      'linked A r1',
      'unlinked B r2',
      'not-in-crm C -',
      'unclear D r4',
      'unclear E r4',
      'id-unknown X r5',
      'record-alone - r6',
    ]);
  });

  it('names a merge of 尘锋 that the CRM has not made, with its event', () => {
    const merged: [string, MergedAway][] = [['B', { survivor: 'A', event: 'e7' }]];
    expect(drift([contact('A', '1')], [record('r1', ['A'], '1'), record('r2', ['B'], '2')], merged)).toEqual([
      'merge-missing B r2 A e7',
      'linked A r1',
    ]);
    expect(drift([], [record('r2', ['B'])], merged)).toEqual(['merge-missing B r2 A e7']);
  });

  it('a record that keeps the losers’ ids beside the survivor’s is fine', () => {
    const merged: [string, MergedAway][] = [['B', { survivor: 'A', event: 'e7' }]];
    expect(drift([contact('A', '1')], [record('r1', ['A', 'B'], '1')], merged)).toEqual(['linked A r1']);
  });

  it('tells of a merge made in the CRM by hand, and of one id on two records', () => {
    const contacts = [contact('A', '1'), contact('B', '2'), contact('C', '3')];
    const records = [record('r1', ['A'], '2'), record('r3', ['C']), record('r4', ['C'])];
    expect(drift(contacts, records)).toEqual(['linked A r1', 'merged-in-crm B r1', 'id-twice C r3+r4']);
  });
});
