import type { Plan } from '../../lib/ledger/plans.ts';
import type { CrmRecord } from '../../lib/ports.ts';
import { changedByMerge } from '../../lib/undo/compare-fields.ts';

const record = (recordId: string, values: CrmRecord['values']): CrmRecord => ({
  recordId,
  contactId: recordId,
  values,
});
const sides = { survivor: record('s', { remark: '' }), losers: [record('a', { remark: 'a’s', position: 'a’s' })] };
const plan = { steps: [] } as unknown as Plan;

it.each([
  [true, ['position', 'remark']],
  [['remark'], ['remark']],
  [false, []],
])('a merge that fills blanks (%j) has changed those that it filled', (fillsBlanks, changed) => {
  expect([...changedByMerge(plan, sides, fillsBlanks).keys()].sort()).toEqual(changed);
});
