import { ConfigError } from '../../lib/errors.ts';
import { checkMapping } from '../../lib/mapping/check.ts';
import { KNOWN_FIELDS } from '../../lib/mapping/known-fields.ts';
import { clearedField, field } from './field.ts';

const mapping = {
  remark: { to: 'nickname', overwrite: 'if-empty' },
  gender: { to: 'gender', options: { 0: null, 1: 'male', 2: 'female' } },
  mobiles: { to: ['mobile', 'mobile2'] },
  'customFields.field36': { to: 'signed_on', as: 'date' },
  'customFields.level': { to: 'level', options: { A: 'gold' } },
};

it('shows what becomes of a sample that has every field', () => {
  const { lines } = checkMapping('acme', mapping);
  expect(lines).toEqual(
    expect.arrayContaining([
      'remark "样例客户"  → nickname = "样例客户" (only where empty)',
      'gender 2  → gender = "female"',
      'mobiles ["13000000000","13000000001"]  → mobile2 = "13000000001"',
      'customFields.field36 "2023-06-07"  → signed_on = "2023-06-07"',
      'customFields.level "A"  → level = "gold"',
    ]),
  );
  expect(lines.at(-1)).toMatch(/^not mapped: .*\bemail\b/);
});

it('has every documented field but the identity card in its sample', () => {
  const shown = new Set(checkMapping('acme', {}).fields.map(({ key }) => key));
  expect([...KNOWN_FIELDS.keys()].filter((key) => !shown.has(key))).toEqual(['idCard']);
});

it('shows a given event: clears, what is left alone, and what it does not have', () => {
  const { lines, absent } = checkMapping('acme', mapping, [
    clearedField('remark'),
    field('gender', 7),
    field('mobiles', ['1']),
  ]);
  expect(lines).toEqual([
    'remark ""  → nickname = left as it is',
    'gender 7  ✗ left alone: is not listed in options',
    'mobiles ["1"]  → mobile = "1"',
    'mobiles ["1"]  → mobile2 = cleared',
    'not in this event: customFields.field36, customFields.level',
  ]);
  expect(absent).toEqual(['customFields.field36', 'customFields.level']);
});

it('refuses a wrong mapping like the service does', () => {
  expect(() => checkMapping('acme', { remrk: 'x' })).toThrow(ConfigError);
});
