import type { Keys } from '../../lib/linking/keys.ts';
import { planLinks } from '../../lib/linking/plan-links.ts';

const contact = (contactId: string, keys: Keys) => ({ contactId, lines: [], keys });
const record = (recordId: string, keys: Keys, contactId?: string) => ({
  recordId,
  contactIds: contactId === undefined ? [] : [contactId],
  keys,
});
const mobile = (...values: string[]) => ({ mobile: values });

type Contacts = Parameters<typeof planLinks>[0];
type Records = Parameters<typeof planLinks>[1];

const plan = (contacts: Contacts, records: Records, survivors: [string, string][] = []) =>
  planLinks(contacts, records, { keys: ['mobile', 'email'], sharedByAtMost: 3, survivors: new Map(survivors) }).map(
    ({ contactId, class: kind, reason, key, recordIds, writes }) =>
      [contactId ?? '-', kind, reason, key ?? '-', recordIds.join('+') || '-', writes ?? '-'].join(' '),
  );

describe('a linking plan', () => {
  it('writes an id where a key leads to one record and that record to this contact only', () => {
    expect(plan([contact('A', mobile('1', '2'))], [record('r1', mobile('2'))])).toEqual([
      'A matched key-agrees mobile r1 A',
    ]);
  });

  it('a stronger key agrees where one of its values does, though not all of them do', () => {
    const contacts = [contact('A', { mobile: ['1', '2'], email: ['a'] }), contact('B', mobile('1'))];
    const both = [record('r1', { mobile: ['1', '3'], email: ['a'] })];
    expect(plan(contacts, both)[0]).toBe('A matched key-agrees email r1 A');
  });

  it('one key that means a person is enough to say that no record fits', () => {
    const many = ['B', 'C', 'D', 'E'].map((id) => contact(id, mobile('1')));
    expect(plan([contact('A', { mobile: ['1'], email: ['a'] }), ...many], [])[0]).toMatch(/^A missing-in-crm no-match/);
  });

  it('takes the next key where a stronger one finds nothing', () => {
    const keys = { mobile: ['1'], email: ['a'] };
    expect(plan([contact('A', keys)], [record('r1', { email: ['a'] })])).toEqual(['A matched key-agrees email r1 A']);
  });

  it('leaves alone a record that carries its id, and says where one id stands on two', () => {
    expect(plan([contact('A', mobile('1'))], [record('r1', mobile('2'), 'A')])).toEqual([
      'A linked id-on-record - r1 -',
    ]);
    expect(plan([contact('A', {})], [record('r1', {}, 'A'), record('r2', {}, 'A')])).toEqual([
      'A conflict id-on-several-records - r1+r2 -',
    ]);
  });

  it('links nothing over a number that two contacts or two records share', () => {
    const shared = mobile('1');
    expect(plan([contact('A', shared), contact('B', shared)], [record('r1', shared)])).toEqual([
      'A ambiguous several-contacts mobile r1 -',
      'B ambiguous several-contacts mobile r1 -',
    ]);
    expect(plan([contact('A', shared)], [record('r1', shared), record('r2', shared)])).toEqual([
      'A ambiguous several-records mobile r1+r2 -',
    ]);
  });

  it('a weaker key decides among those who share a stronger one, and never against it', () => {
    const [mother, child] = [
      { mobile: ['1'], email: ['m'] },
      { mobile: ['1'], email: ['c'] },
    ];
    expect(plan([contact('A', mother), contact('B', child)], [record('r1', mother)])).toEqual([
      'A matched key-agrees email r1 A',
      'B ambiguous several-contacts mobile r1 -',
    ]);
    const elsewhere = [record('r1', mobile('1')), record('r2', { email: ['m'] })];
    expect(plan([contact('A', mother)], elsewhere)[0]).toBe('A matched key-agrees mobile r1 A');
    const two = [record('r1', mobile('1')), record('r3', mobile('1')), record('r2', { email: ['m'] })];
    expect(plan([contact('A', mother)], two)[0]).toBe('A conflict stronger-key-disagrees mobile r2 -');
  });

  it('a stronger key that differs on both sides speaks against a weaker one that agrees', () => {
    const [contacts, records] = [
      [contact('A', { mobile: ['1'], email: ['a'] })],
      [record('r1', { mobile: ['2'], email: ['a'] })],
    ];
    expect(plan(contacts, records)).toEqual(['A conflict stronger-key-disagrees mobile r1 -']);
  });

  it('never writes over another id', () => {
    expect(plan([contact('A', mobile('1'))], [record('r1', mobile('1'), 'B')])).toEqual([
      'A conflict record-has-another-id mobile r1 -',
    ]);
  });

  it('a number that more than a few people have is no key, and speaks against no link', () => {
    const many = ['C', 'D', 'E'].map((id) => contact(id, mobile('0')));
    const contacts = [contact('A', { mobile: ['0'], email: ['a'] }), ...many];
    expect(plan(contacts, [record('r1', { mobile: ['9'], email: ['a'] })]).slice(0, 2)).toEqual([
      'A matched key-agrees email r1 A',
      'C unusable key-of-many - - -',
    ]);
  });

  it('says which contacts and which records are missing on the other side', () => {
    const contacts = [contact('A', mobile('1')), contact('B', {})];
    expect(plan(contacts, [record('r1', {}), record('r2', {}, 'X')])).toEqual([
      'A missing-in-crm no-match - - -',
      'B unusable no-key - - -',
      '- missing-in-export record-without-contact - r1 -',
      'X missing-in-export id-not-in-file - r2 -',
    ]);
  });
});

describe('promise 4d: contacts that 尘锋 has merged meanwhile', () => {
  const merged: [string, string][] = [['B', 'A']];

  it('the survivor’s id goes on the one record, whichever of them leads to it', () => {
    expect(plan([contact('B', mobile('1'))], [record('r1', mobile('1'))], merged)).toEqual([
      'B matched gets-survivor-id mobile r1 A',
    ]);
    const both = [contact('A', mobile('1')), contact('B', mobile('1'))];
    expect(plan(both, [record('r1', mobile('1'))], merged)).toEqual([
      'A matched key-agrees mobile r1 A',
      'B merged-before survivor-has-record mobile r1 -',
    ]);
  });

  it('a second record gets the merged one’s own id: drift then names the merge that is missing', () => {
    const both = [contact('B', mobile('2')), contact('A', mobile('1'))];
    expect(plan(both, [record('r1', mobile('1')), record('r2', mobile('2'))], merged)).toEqual([
      'B matched merge-waits mobile r2 B',
      'A matched key-agrees mobile r1 A',
    ]);
    expect(plan([contact('B', mobile('2'))], [record('r1', {}, 'A'), record('r2', mobile('2'))], merged)[0]).toBe(
      'B matched merge-waits mobile r2 B',
    );
  });

  it('two of them without a record of the survivor: one record gets its id, the other its own', () => {
    const two = [contact('B', mobile('1')), contact('C', mobile('2'))];
    const records = [record('r1', mobile('1')), record('r2', mobile('2'))];
    expect(
      plan(two, records, [
        ['B', 'A'],
        ['C', 'A'],
      ]),
    ).toEqual(['B matched gets-survivor-id mobile r1 A', 'C matched merge-waits mobile r2 C']);
  });

  it('two of them on one record beside the survivor’s: the record gets one id', () => {
    const three = [contact('B', mobile('1')), contact('C', mobile('1')), contact('A', mobile('2'))];
    const both: [string, string][] = [
      ['B', 'A'],
      ['C', 'A'],
    ];
    expect(plan(three, [record('r1', mobile('1')), record('r2', mobile('2'))], both)).toEqual([
      'B matched merge-waits mobile r1 B',
      'C merged-before survivor-has-record mobile r1 -',
      'A matched key-agrees mobile r2 A',
    ]);
  });

  it('one of them on the survivor’s record, beside a record that carries the third’s id: the record gets one id', () => {
    const two = [contact('B', mobile('1')), contact('A', mobile('2'))];
    const both: [string, string][] = [
      ['B', 'A'],
      ['C', 'A'],
    ];
    expect(plan(two, [record('r0', {}, 'C'), record('r1', mobile('1', '2'))], both)).toEqual([
      'B merged-before survivor-has-record mobile r1 -',
      'A matched key-agrees mobile r1 A',
      'C missing-in-export id-not-in-file - r0 -',
    ]);
  });

  it('a record that carries the survivor’s id is its own, also where it has lost the number', () => {
    const loser = contact('B', { ...mobile('2'), email: ['b@example.com'] });
    const survivorsRecord = record('r1', { ...mobile('1'), email: ['b@example.com'] }, 'A');
    const rows = plan([contact('A', mobile('1')), loser], [survivorsRecord], merged);
    expect(rows).toEqual(['A linked id-on-record - r1 -', 'B merged-before survivor-has-record email r1 -']);
  });

  it('a record that carries the id of a merged contact is left as it is', () => {
    expect(plan([contact('A', mobile('1'))], [record('r1', mobile('1'), 'B')], merged)).toEqual([
      'A merged-before carries-merged-id mobile r1 -',
    ]);
  });
});
