import { exportOf } from '../../lib/console/export/exported.ts';
import { type EXPORT_FORMATS, exportedAs } from '../../lib/console/export/formats.ts';
import { readMergeEvent } from '../../lib/dustess/merge-event.ts';
import type { JournalEntry } from '../../lib/ledger/journal.ts';
import type { Plan } from '../../lib/ledger/plans.ts';
import type { EventStory } from '../../lib/merge/event-story.ts';
import type { CrmRecord } from '../../lib/ports.ts';

const EVENT = readMergeEvent('e1', {
  mainID: 's',
  mergedIDs: ['a'],
  triggerTs: 1_700_000_000,
  old: { remark: 'told', score: 0 },
  changed: { remark: 'new' },
  mergedContacts: [{ remark: 'of the loser' }],
});

const recordOf = (recordId: string, contactId: string, values: CrmRecord['values'], more = {}): CrmRecord => ({
  ...{ recordId, contactId, values },
  ...more,
});

const planOf = (number: number, before: CrmRecord[], survivorRecord = '1'): Plan => ({
  ...{ number, madeAt: number * 1_000, triggeredAt: 1, decisions: [], problems: [], chosen: [], restated: [] },
  ...{ missing: [], steps: [], before, survivorRecord, unknownInCrm: false },
  identities: { survivor: 's', absorbed: ['a'], survivorIsGone: false },
});

const callOf = (plan: number): JournalEntry => ({
  ...{ plan, step: 0, attempt: 1, call: 'merge', at: plan, answeredAt: plan, outcome: 'done' },
});

const storyOf = (plans: Plan[], calls: number[], event: EventStory['event'] = EVENT): EventStory => ({
  record: { eventId: 'e1', receivedAt: 500 } as EventStory['record'],
  event,
  plans,
  undoPlans: [],
  journal: calls.map(callOf),
});

const BEFORE = [recordOf('1', 's', { phone: '1', city: null }), recordOf('2', 'a', { phone: '2', tags: ['x', 'y'] })];

describe('the contacts of an event as they were', () => {
  it('are the records that its plan read, each with its role', () => {
    const exported = exportOf('acme', storyOf([planOf(1, BEFORE)], [1]));
    expect(exported).toMatchObject({ source: 'crm', wasCalled: true, at: 1_000, tenant: 'acme', eventId: 'e1' });
    expect(exported?.contacts).toEqual([
      { role: 'survivor', contactId: 's', recordId: '1', values: { phone: '1', city: null } },
      { role: 'loser', contactId: 'a', recordId: '2', values: { phone: '2', tags: ['x', 'y'] } },
    ]);
  });

  it('are those of the plan that made calls, not of one that a replay replaced', () => {
    const [first, second] = [planOf(1, [recordOf('1', 's', { phone: 'long ago' })]), planOf(2, BEFORE)];
    expect(exportOf('acme', storyOf([first, second], [2]))?.contacts[0]?.values).toEqual({ phone: '1', city: null });
  });

  it('are the first ones read of each contact, where a later plan went on after the first merges', () => {
    const joined = planOf(2, [recordOf('9', 's', { phone: 'joined' }), recordOf('3', 'b', { phone: '3' })], '9');
    const exported = exportOf('acme', storyOf([planOf(1, BEFORE), joined], [1, 2]));
    expect(exported?.contacts.map(({ role, contactId, values }) => [role, contactId, values.phone])).toEqual([
      ['survivor', 's', '1'],
      ['loser', 'a', '2'],
      ['loser', 'b', '3'],
    ]);
  });

  it('before any call are those of the latest plan, and it is said that none was made', () => {
    const exported = exportOf('acme', storyOf([planOf(1, []), planOf(2, BEFORE)], []));
    expect(exported).toMatchObject({ source: 'crm', wasCalled: false });
    expect(exported?.contacts).toHaveLength(2);
  });

  it('are what the sender told, for a CRM that keeps its own records', () => {
    expect(exportOf('acme', storyOf([planOf(1, [])], [1]))).toMatchObject({
      source: 'dustess',
      at: 500,
      contacts: [
        { role: 'survivor', contactId: 's', values: { remark: 'told' } },
        { role: 'loser', contactId: 'a', values: { remark: 'of the loser' } },
      ],
    });
  });

  it('are not there once plans and content have expired', () => {
    expect(exportOf('acme', { ...storyOf([], []), event: undefined })).toBeUndefined();
  });
});

describe('a file of them', () => {
  const HOSTILE = '=cmd|calc<script>alert(1)</script>';
  const associations = { deals: { count: 100, isComplete: false }, companies: { count: 2, isComplete: true } };
  const [survivor, loser] = BEFORE as [CrmRecord, CrmRecord];
  const before = [recordOf('1', 's', { ...survivor.values, note: HOSTILE }), { ...loser, associations }];
  const exported = exportOf('acme', storyOf([planOf(1, before)], [1]));
  const fileOf = (format: (typeof EXPORT_FORMATS)[number], language: 'en' | 'zh' = 'en') =>
    exported ? exportedAs(format, exported, language) : '';

  it('as JSON loses nothing', () => {
    expect(JSON.parse(fileOf('json'))).toEqual({
      ...{ tenant: 'acme', eventId: 'e1', source: 'crm', wasCalled: true, at: '1970-01-01T00:00:01.000Z' },
      contacts: [
        { role: 'survivor', contactId: 's', recordId: '1', values: { phone: '1', city: null, note: HOSTILE } },
        { role: 'loser', contactId: 'a', recordId: '2', values: { phone: '2', tags: ['x', 'y'] }, associations },
      ],
    });
  });

  it('as CSV has a line a contact, a column a property, and no formula', () => {
    expect(fileOf('csv').replace('\uFEFF', '').trimEnd().split('\r\n')).toEqual([
      'role,contact,record,phone,city,note,tags,count of deals,count of companies',
      `survivor,s,1,1,,'${HOSTILE},,,`,
      'loser,a,2,2,,,"x, y",100+,2',
    ]);
  });

  it('as a sheet has the contacts side by side, and what they hold cannot be markup', () => {
    const sheet = fileOf('html', 'zh');
    expect(sheet).toContain('<html lang="zh-CN">');
    expect(sheet).toContain('=cmd|calc&lt;script&gt;');
    expect(sheet).not.toContain('<script>');
    expect(sheet).toMatch(/<td>1<\/td><td>2<\/td>/);
    expect(sheet).toMatch(/100\+/);
  });
});
