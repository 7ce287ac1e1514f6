import { type DescribedProperty, examineMapped, type PropertyKind } from '../../lib/crm/mapped-properties.ts';
import type { Conversion } from '../../lib/mapping/known-fields.ts';

const text: DescribedProperty = { kind: 'text', type: 'varchar', isWritable: true };

function look(property: DescribedProperty | undefined, writes?: Conversion, values: string[] = []) {
  const conversions = new Map(writes ? [['nickname', writes]] : []);
  const [finding] = examineMapped({ mapped: new Map([['nickname', values]]), conversions }, () => property);
  return [finding?.check, finding?.ok, finding?.advice];
}

it('a mapped property that is there, may be written and takes what is written is fine', () => {
  expect(look(text, 'text')).toEqual(['mapped property nickname', true, 'there, of type varchar']);
});

it.each([
  ['is not there', undefined, 'text', 'no such property'],
  ['may only be read', { ...text, isWritable: false }, 'text', 'does not let it be written'],
  [
    'takes other values',
    { ...text, kind: 'number', type: 'int' },
    'text',
    'it is of type int, and the mapping writes text',
  ],
  ['has no time', { ...text, kind: 'date', type: 'date' }, 'datetime', 'the mapping writes datetime'],
  ['takes one value only', { ...text, kind: 'date' }, 'multi', 'the mapping writes multi'],
] as [string, DescribedProperty | undefined, Conversion, string][])(
  'one that %s is wrong',
  (_, property, writes, advice) => {
    expect(look(property, writes)).toEqual(['mapped property nickname', false, expect.stringContaining(advice)]);
  },
);

it('each option of the mapping has to be one of the CRM', () => {
  const choice = { kind: 'option' as PropertyKind, type: 'enum', isWritable: true, options: ['red', 'green'] };
  expect(look(choice, 'option', ['red'])).toEqual(['mapped property nickname', true, 'there, of type enum']);
  expect(look(choice, 'option', ['red', 'blue'])[2]).toContain('has no option blue');
});

it('of a type of which nothing is known, and of custom fields, nothing is said', () => {
  expect(look({ type: 'lookup', isWritable: true }, 'multi')[1]).toBe(true);
  expect(look({ ...text, kind: 'number' })[1]).toBe(true);
});
