import { CrmError } from '../../lib/errors.ts';
import { printPlan, readPlan, sealOf, sealPlan } from '../../lib/linking/link-plan.ts';
import type { LinkRow } from '../../lib/linking/match.ts';
import { plannedLinks } from '../../lib/linking/planned-links.ts';
import { settle, writeBatch } from '../../lib/linking/write-batch.ts';
import type { IdWrite, LinkableCrm } from '../../lib/ports.ts';

const row = (change: Partial<LinkRow>): LinkRow => ({
  class: 'matched',
  reason: 'key-agrees',
  contactId: 'a',
  recordIds: ['r1'],
  key: 'mobile',
  ...change,
});

describe('the ids that a plan writes', () => {
  const sides = {
    contacts: [
      { contactId: 'a', lines: [2], keys: { mobile: ['1', '2'], email: ['x'] } },
      { contactId: 'b', lines: [3], keys: { mobile: ['3'] } },
    ],
    records: [
      { recordId: 'r1', contactIds: [], keys: { mobile: ['2', '4'], email: ['x'] } },
      { recordId: 'r2', contactIds: [], keys: { mobile: ['3'] } },
    ],
    salt: 'salt',
  };

  it('stand with the values of the deciding key that both sides have, hashed', () => {
    const rows = [row({ writes: 'a' }), row({ contactId: 'b', recordIds: ['r2'], writes: 'survivor' })];
    expect(plannedLinks(rows, sides)).toEqual([
      { contact: 'a', record: 'r1', key: 'mobile', seals: [sealOf('salt', 'mobile', '2')] },
      { contact: 'survivor', record: 'r2', key: 'mobile', seals: [sealOf('salt', 'mobile', '3')] },
    ]);
  });

  it('are none of rows that write nothing', () => {
    expect(plannedLinks([row({ class: 'ambiguous' }), row({ class: 'linked' })], sides)).toEqual([]);
  });
});

describe('a plan as a file', () => {
  const plan = sealPlan({
    madeAt: '2026-11-27T00:00:00.000Z',
    tenant: 'main',
    crm: { kind: 'hubspot', address: 'a' },
    file: 'f',
    country: 'CN',
    properties: { mobile: ['mobilephone'] },
    counts: { matched: 2 },
    salt: 'salt',
    links: [
      { contact: 'a', record: 'r1', key: 'mobile', seals: ['s1'] },
      { contact: 'b', record: 'r2', key: 'mobile', seals: ['s2'] },
    ],
  });

  it('is read as it was made, one link a line, also with a byte order mark before it', () => {
    const text = printPlan(plan);
    expect(readPlan('p.json', text)).toEqual(plan);
    expect(readPlan('p.json', `\uFEFF${text}`)).toEqual(plan);
    expect(text.split('\n').filter((line) => line.includes('"record"'))).toHaveLength(2);
  });

  it('that was changed since is refused', () => {
    expect(() => readPlan('p.json', printPlan(plan).replace('"r2"', '"r3"'))).toThrow(
      'p.json was changed since it was made: make a new plan with merge-sync link FILE.csv',
    );
  });

  it.each(['', '{}', 'no JSON', JSON.stringify({ ...plan, more: 1 })])('is none, where it is %j', (text) => {
    expect(() => readPlan('p.json', text)).toThrow(
      'p.json is not a plan that merge-sync link has made: make one with merge-sync link FILE.csv',
    );
  });
});

describe('ids that were sent without an answer', () => {
  const crmOf = (ids: Record<string, string[]>) =>
    ({
      read: async (asked: string[]) =>
        asked.flatMap((recordId) =>
          ids[recordId] === undefined ? [] : [{ recordId, contactIds: ids[recordId], values: {} }],
        ),
    }) as unknown as LinkableCrm;
  async function secondsUntilSettled(ids: Record<string, string[]>, writes: IdWrite[]) {
    const clock = { now: 0 };
    const sleep = async (ms: number) => {
      clock.now += ms;
    };
    await settle(crmOf(ids), writes, { now: () => clock.now, sleep, until: 300_000 });
    return clock.now / 1000;
  }

  it('have arrived where a record carries its id, or is cleared or gone', async () => {
    const writes = [
      { recordId: 'r1', contactId: 'a' },
      { recordId: 'r2', contactId: null },
      { recordId: 'gone', contactId: null },
    ];
    expect(await secondsUntilSettled({ r1: ['a'], r2: [] }, writes)).toBe(0);
  });

  it.each<[string, Record<string, string[]>, IdWrite]>([
    ['a record without an id', { r1: [] }, { recordId: 'r1', contactId: 'a' }],
    ['a record with another id', { r1: ['x'] }, { recordId: 'r1', contactId: 'a' }],
    ['a record that is not cleared', { r1: ['a'] }, { recordId: 'r1', contactId: null }],
  ])('may still arrive to the end of the time: %s', async (_what, ids, write) => {
    expect(await secondsUntilSettled(ids, [write])).toBe(300);
  });

  it('of several halves are all named, and what was refused between them is known', async () => {
    const silence = new CrmError('ambiguous', 'silence');
    const writeIds = async (writes: IdWrite[]) => {
      if (writes.length > 1) throw new CrmError('permanent', 'no', { code: 'BAD' });
      if (writes[0]?.recordId === 'r2') throw new CrmError('permanent', 'no', { code: 'BAD' });
      throw silence;
    };
    const writes = ['a', 'b', 'c'].map((contactId, index) => ({ recordId: `r${index + 1}`, contactId }));
    const patience = { now: () => 0, sleep: async () => undefined };
    expect(await writeBatch({ writeIds }, writes, patience)).toEqual({
      refused: new Map([['r2', 'BAD']]),
      doubtful: { writes: [writes[0], writes[2]], error: silence },
    });
  });
});
