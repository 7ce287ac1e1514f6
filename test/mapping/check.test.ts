import { DEFAULT_POLICY } from '../../lib/config.ts';
import type { Field, MergeEvent } from '../../lib/event.ts';
import { checkMapping } from '../../lib/mapping/check.ts';
import { describeCheck, summaryOf } from '../../lib/mapping/describe-check.ts';
import { readEntries } from '../../lib/mapping/entries.ts';
import { fieldMappingOf } from '../../lib/mapping/field-mapping.ts';
import { KNOWN_FIELDS } from '../../lib/mapping/known-fields.ts';
import type { PlanningTenant } from '../../lib/mapping/plan-alone.ts';
import { sampleFields } from '../../lib/mapping/sample-fields.ts';
import { clearedField, field } from './field.ts';

const MAPPING = {
  remark: { to: 'nickname', overwrite: 'if-empty' },
  gender: { to: 'gender', options: { 0: null, 1: 'male', 2: 'female' } },
  mobiles: { to: ['mobile', 'mobile2'] },
  'customFields.field36': { to: 'signed_on', as: 'date' },
  'customFields.level': { to: 'level', options: { A: 'gold' } },
};
const ENTRIES = readEntries('acme', MAPPING);
const KEYS = ENTRIES.map(({ key }) => key);
const RULES = { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: false };

const tenant = (more: Partial<PlanningTenant> = {}): PlanningTenant => ({
  policy: DEFAULT_POLICY,
  mapping: fieldMappingOf(ENTRIES),
  rules: RULES,
  ...more,
});

const event = (changed: Field[], old: Field[] = [], more: Partial<MergeEvent> = {}): MergeEvent => ({
  eventId: 'e',
  survivorId: 'A',
  loserIds: ['B'],
  changed,
  old,
  mergedContacts: [],
  triggeredAt: 0,
  account: '',
  operatorId: '34',
  origin: '',
  ...more,
});

async function described(one: MergeEvent, of = tenant()): Promise<string[]> {
  const check = await checkMapping(of, one, KEYS);
  return [...describeCheck(check, KEYS), summaryOf(check)];
}

it('shows what becomes of a sample that has every field', async () => {
  const lines = await described(event(sampleFields(ENTRIES)));
  expect(lines).toEqual(
    expect.arrayContaining([
      'remark "样例客户"  → nickname = "样例客户" (only where empty)',
      'gender 2  → gender = "female"',
      'mobiles ["13000000000","13000000001"]  → mobile2 = "13000000001"',
      'customFields.field36 "2023-06-07"  → signed_on = "2023-06-07"',
      'customFields.level "A"  → level = "gold"',
      '6 properties would be written, 1 of them only where empty; of the mapped fields none is left alone',
    ]),
  );
  expect(lines.at(-2)).toMatch(/^not mapped: .*\bemail\b/);
});

it('has every documented field but the identity card in its sample', () => {
  const shown = new Set(sampleFields([]).map(({ key }) => key));
  expect([...KNOWN_FIELDS.keys()].filter((key) => !shown.has(key))).toEqual(['idCard']);
});

describe('what an event would write is what the real call would hold', () => {
  it('not what the merge did not change, unless the policy is a snapshot', async () => {
    const one = event([field('mobiles', ['1'])], [field('remark', 'before')]);
    expect(await described(one)).toEqual([
      'mobiles ["1"]  → mobile = "1"',
      'mobiles ["1"]  → mobile2 = cleared',
      'remark "before"  – not written: this merge did not change it, and "fields" is not "snapshot"',
      'not in this event: gender, customFields.field36, customFields.level',
      '2 properties would be written; of the mapped fields none is left alone',
    ]);
    const policy = { ...DEFAULT_POLICY, fields: 'snapshot' as const };
    const { write, onlyWhereEmpty } = await checkMapping(tenant({ policy }), one, KEYS);
    expect(write).toEqual({ nickname: 'before', mobile: '1', mobile2: null });
    expect(onlyWhereEmpty).toEqual(['nickname']);
  });

  it('not what never clears, what cannot be converted, and what the policy leaves out', async () => {
    const policy = { ...DEFAULT_POLICY, omitFields: ['mobiles'] };
    const one = event([clearedField('remark'), field('gender', 7), field('mobiles', ['1'])]);
    expect(await described(one, tenant({ policy }))).toEqual([
      'remark ""  – left as it is: "if-empty" never clears',
      'gender 7  ✗ left alone: is not listed in options',
      'mobiles ["1"]  – not written: it is in "omitFields"',
      'not in this event: customFields.field36, customFields.level',
      '0 properties would be written; of the mapped fields 1 cannot be converted and would be left alone',
    ]);
  });

  it('nothing where no field is written', async () => {
    const policy = { ...DEFAULT_POLICY, fields: 'none' as const };
    const { write } = await checkMapping(tenant({ policy }), event([field('gender', 1)]), KEYS);
    expect(write).toEqual({});
  });

  it('and the ids of the losers, where the CRM keeps them', async () => {
    const rules = { ...RULES, absorbedIdsProperty: 'merged_ids' };
    const one = event([field('gender', 1)], [], { loserIds: ['B', 'C'] });
    expect((await checkMapping(tenant({ rules }), one, KEYS)).write).toEqual({ gender: 'male', merged_ids: 'B;C' });
    expect(await described(one, tenant({ rules }))).toContain('ids of the losers  → merged_ids = "B;C"');
  });

  it('the same where the merge itself sets values', async () => {
    const rules = { ...RULES, losersPerMerge: 2, mergeSetsValues: true };
    expect((await checkMapping(tenant({ rules }), event([field('gender', 1)]), KEYS)).write).toEqual({
      gender: 'male',
    });
  });

  it('for a CRM that merges by itself, its command', async () => {
    const one = event([field('remark', 'x'), field('idCard', '1')], [field('email', 'e')]);
    const { command } = await checkMapping(tenant({ rules: 'command' }), one, KEYS);
    expect(command).toMatchObject({
      survivorId: 'A',
      loserIds: ['B'],
      changed: { remark: 'x' },
      old: { email: 'e' },
      operatorId: '34',
    });
    const lines = await described(one, tenant({ rules: 'command' }));
    expect(lines.at(-1)).toContain('one command would be sent, with the changed fields remark; ');
    expect(lines.join()).not.toContain('idCard');
  });

  it('nothing of an event that would be parked', async () => {
    expect(await described(event([field('gender', 1)], [], { loserIds: ['A'] }))).toEqual([
      'this event would be parked: self-merge',
      'nothing would be written',
    ]);
  });
});
