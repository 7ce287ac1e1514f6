import { describeEvent, type ShownEvent } from '../../lib/cli/describe-event.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import type { JournalEntry } from '../../lib/ledger/journal.ts';
import type { Plan } from '../../lib/ledger/plans.ts';
import { localTime } from '../../lib/local-time.ts';

const T0 = Date.UTC(2026, 10, 24, 8);
const FACTS = { eventId: 'e', kind: 'merge', name: 'CRM_MERGE/CRM_CONTACT_MERGED', digest: 'd' } as const;

function shown(record: Partial<EventRecord>, more: Partial<ShownEvent> = {}): string {
  const whole = {
    ...FACTS,
    state: 'applied',
    receivedAt: T0,
    updatedAt: T0 + 9_000,
    plan: 0,
    ...record,
  } as EventRecord;
  const contacts = { survivorId: 'A', loserIds: ['B'] };
  return describeEvent({ record: whole, contacts, plans: [], journal: [], ...more }, 'en').join('\n');
}

const plan = (more: Partial<Plan> = {}): Plan => ({
  number: 1,
  madeAt: T0 + 1_000,
  triggeredAt: T0,
  identities: { survivor: 'A', absorbed: ['B'], survivorIsGone: false },
  decisions: [],
  problems: [],
  steps: [],
  missing: [],
  chosen: [],
  restated: [],
  before: [],
  unknownInCrm: false,
  ...more,
});

const call = (more: Partial<JournalEntry>): JournalEntry => ({
  plan: 1,
  step: 0,
  attempt: 1,
  call: 'merge',
  at: T0 + 2_000,
  answeredAt: T0 + 3_000,
  outcome: 'done',
  ...more,
});

describe('an event is told as it happened', () => {
  it('a merge: who, where it stands, and the calls in order', () => {
    const steps: Plan['steps'] = [{ kind: 'merge', losers: ['r2'], contacts: ['B'] }];
    const plans = [plan({ steps, survivorRecord: 'r1', decisions: [{ key: 'remark', decision: 'write' }] })];
    expect(shown({ plan: 1 }, { plans, journal: [call({})] })).toBe(
      [
        'e',
        '  CRM_MERGE/CRM_CONTACT_MERGED',
        '  applied',
        '  survivor A',
        '  loser    B',
        `  ${localTime(T0)}  received`,
        `  ${localTime(T0 + 1_000)}  plan 1`,
        '    merge B',
        '    into  A',
        '    merge record r2',
        '    into record r1',
        '    remark: this event’s value: it is the latest about the field',
        `  ${localTime(T0 + 2_000)}  plan 1, merge the records, attempt 1: done`,
        `  ${localTime(T0 + 9_000)}  applied`,
      ].join('\n'),
    );
  });

  it('a loser’s record that becomes the survivor’s', () => {
    const steps: Plan['steps'] = [{ kind: 'update', write: { contactId: 'A', values: {} } }];
    const before = [{ recordId: 'r2', contactId: 'B', values: {} }];
    const text = shown({ plan: 1 }, { plans: [plan({ steps, before, survivorRecord: 'r2' })] });
    expect(text).toContain('plan 1\n    merge B\n    into  A\n');
    expect(text).toContain('record r2 of B\n    becomes that of A, which had none');
  });

  it('a replay: two plans, each with its own calls, and who replayed it', () => {
    const command = (key: string): Plan['steps'] => [{ kind: 'command', key, command: {} as never }];
    const plans = [
      plan({ steps: command('e') }),
      plan({
        number: 2,
        madeAt: T0 + 5_000,
        identities: { survivor: 'A', absorbed: [], survivorIsGone: false },
        steps: command('e~2'),
      }),
    ];
    const journal = [
      call({ call: 'command', outcome: 'crm-refused:LOCKED' }),
      call({ plan: 2, call: 'command', at: T0 + 6_000 }),
    ];
    const operatorActions = [{ at: T0 + 4_000, by: 'lin', action: 'replay' as const }];
    const lines = shown({ plan: 2, operatorActions }, { plans, journal }).split('\n').slice(5);
    expect(lines.map((line) => line.replace(/^ +\S+ \S+ \S+:\d\d {2}/, ''))).toEqual([
      'received',
      'plan 1',
      '    merge B',
      '    into  A',
      '    webhook-id e',
      'plan 1, tell it to merge, attempt 1: The CRM refused for good. LOCKED is its own error code',
      'replay by lin',
      'plan 2',
      '    every loser was merged before',
      '    into  A',
      '    webhook-id e~2',
      'plan 2, tell it to merge, attempt 1: done',
      'applied',
    ]);
  });

  it.each<[string, Partial<EventRecord>, string]>([
    ['held', { state: 'held', reason: 'tenant-hour-limit' }, 'Then `release`, or raise the limit.'],
    [
      'parked',
      { state: 'parked', reason: 'crm-refused:NO_ACCESS' },
      '  parked: crm-refused:NO_ACCESS\n    The CRM refused for good.',
    ],
  ])('an event that is %s names its contacts and what to do', (_, record, todo) => {
    const text = shown(record);
    expect(text).toContain('survivor A\n  loser    B');
    expect(text).toContain(todo);
  });

  it.each<[Partial<Plan>, string]>([
    [{ unknownInCrm: true }, 'into  A\n    the CRM knows none of them'],
    [{}, 'into  A\n    nothing is left to do in the CRM'],
    [{ steps: [{ kind: 'create', write: { contactId: 'A', values: {} }, ifEmpty: [] }] }, 'create a record for A'],
  ])('a plan that %j', (more, expected) => {
    expect(shown({ plan: 1 }, { plans: [plan(more)] })).toContain(expected);
  });

  it('what is not kept any more is said', () => {
    expect(shown({ plan: 3 }, { plans: [plan({ number: 3 })] })).toContain('plans 1, 2 are not kept any more');
    expect(shown({}, { contacts: undefined })).toContain(
      'its contacts are not known any more: the payload has expired',
    );
    expect(shown({ kind: 'other', state: 'ignored' }, { contacts: undefined })).not.toContain('contacts');
    expect(shown({ state: 'parked', reason: 'unreadable:mainID' }, { contacts: undefined })).not.toContain('expired');
  });

  it('of very many losers the first are named', () => {
    const loserIds = Array.from({ length: 100_000 }, (_, index) => `l${index}`);
    const text = shown({}, { contacts: { survivorId: 'A', loserIds } });
    expect(text).toContain('l19\n  loser    99980 more');
    expect(text.length).toBeLessThan(1_000);
  });

  it('ids from outside stay in their line', () => {
    const steps: Plan['steps'] = [{ kind: 'merge', losers: ['B\n\u001b[2J'], contacts: ['B'] }];
    const text = shown({ plan: 1, eventId: 'e\n\u202E', name: 'A\r\u0007' }, { plans: [plan({ steps })] });
    expect(text).toContain('e\\u000a\\u202e\n  A\\u000d\\u0007');
    expect(text).toContain('record B\\u000a\\u001b[2J\n');
  });
});
