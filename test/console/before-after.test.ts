import { beforeAndAfter, isChanged } from '../../lib/console/read/before-after.ts';
import { readMergeEvent } from '../../lib/dustess/merge-event.ts';
import type { Plan } from '../../lib/ledger/plans.ts';

const EVENT = readMergeEvent('e1', {
  mainID: 's',
  mergedIDs: ['a'],
  triggerTs: 1_700_000_000,
  old: { remark: 'old', position: '', score: 0 },
  changed: { remark: 'old', position: '', email: 'new', score: 0 },
  mergedContacts: [{ remark: 'of the loser' }],
});

const PLAN: Plan = {
  ...{ number: 1, madeAt: 1, triggeredAt: 1, decisions: [], problems: [], chosen: [], restated: [], missing: [] },
  ...{
    identities: { survivor: 's', absorbed: ['a'], survivorIsGone: false },
    steps: [],
    before: [],
    unknownInCrm: false,
  },
};
const command = (changed: object): Plan => ({
  ...PLAN,
  steps: [{ kind: 'command', key: 'k', command: { changed } as never }],
});

const fieldsOf = (plan: Plan | undefined) =>
  (beforeAndAfter(plan, EVENT)[0]?.fields ?? []).map((field) => ({ ...field, isChanged: isChanged(field) }));

describe('before and after', () => {
  it('has every field that the merge writes, also what was empty and stays so', () => {
    expect(fieldsOf(undefined)).toEqual([
      { key: 'remark', before: 'old', after: 'old', isWritten: true, isChanged: false },
      { key: 'position', before: undefined, after: undefined, isWritten: true, isChanged: false },
      { key: 'score', before: undefined, after: 0, isWritten: true, isChanged: true },
      { key: 'email', before: undefined, after: 'new', isWritten: true, isChanged: true },
    ]);
  });

  it('shows as written only what the plan’s command says', () => {
    const fields = fieldsOf(command({ email: 'new' }));
    expect(fields.filter(({ isWritten }) => isWritten).map(({ key }) => key)).toEqual(['email']);
    expect(fieldsOf(PLAN).filter(({ isWritten }) => isWritten)).toEqual([]);
  });

  it('of records in the CRM has what the plan writes, and a field that is emptied', () => {
    const plan: Plan = {
      ...PLAN,
      survivorRecord: '1',
      before: [
        { recordId: '1', contactId: 's', values: { phone: '', city: 'X', note: 'kept' } },
        { recordId: '2', contactId: 'a', values: { phone: '5', city: null } },
      ],
      steps: [{ kind: 'merge', losers: ['2'], contacts: ['a'], write: { values: { phone: '', city: '', job: '' } } }],
    };
    const [survivor, loser] = beforeAndAfter(plan, EVENT);
    expect(survivor?.fields).toEqual([
      { key: 'phone', before: undefined, after: undefined, isWritten: true },
      { key: 'city', before: 'X', after: undefined, isWritten: true },
      { key: 'note', before: 'kept', after: 'kept', isWritten: false },
      { key: 'job', before: undefined, after: undefined, isWritten: true },
    ]);
    expect(loser?.fields).toEqual([{ key: 'phone', before: '5', after: undefined, isWritten: false }]);
  });
});
