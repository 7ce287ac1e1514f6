import * as fc from 'fast-check';
import { ConfigError } from '../../lib/errors.ts';
import type { Field } from '../../lib/event.ts';
import type { Json } from '../../lib/json.ts';
import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';
import { CONVERSIONS } from '../../lib/mapping/known-fields.ts';
import type { PropertyValue } from '../../lib/ports.ts';
import { clearedField, field } from './field.ts';

/** What one field becomes: property → value, or the problem. */
function mapped(mapping: unknown, one: Field): { [property: string]: PropertyValue } | string | undefined {
  const result = createFieldMapping('acme', mapping).map([one]);
  return (
    result.problems[0]?.problem ?? Object.fromEntries(result.mapped.map(({ property, value }) => [property, value]))
  );
}

describe('without a mapping', () => {
  it.each([[undefined], [{}]])('maps nothing: %j', (mapping) => {
    const none = createFieldMapping('acme', mapping);
    expect(none.properties).toEqual([]);
    expect(none.map([field('remark', 'x')])).toEqual({ mapped: [], problems: [] });
  });
});

describe('what a field becomes', () => {
  const gender = { gender: { to: 'gender', options: { 0: null, 1: 'male', 2: 'female' } } };
  it.each<[string, unknown, Field, unknown]>([
    ['a text as it is', { remark: 'nickname' }, field('remark', ' 好 '), { nickname: ' 好 ' }],
    ['a number as text', { qq: 'qq' }, field('qq', 10000), { qq: '10000' }],
    ['a list as one text', { 'customFields.a': 'a' }, field('customFields.a', ['x', 'y']), { a: 'x; y' }],
    ['gender by number', gender, field('gender', 1), { gender: 'male' }],
    ['gender by text', gender, field('gender', '2'), { gender: 'female' }],
    ['gender 0 to a clear', gender, field('gender', 0), { gender: null }],
    ['gender 0 to a value', { gender: { to: 'g', options: { 0: 'unknown' } } }, field('gender', 0), { g: 'unknown' }],
    ['province and city as text', { provCity: 'region' }, field('provCity', '浙江/杭州'), { region: '浙江/杭州' }],
    ['province and city as number', { provCity: 'region' }, field('provCity', 330100), { region: '330100' }],
    ['province and city 0 to a clear', { provCity: 'region' }, field('provCity', 0), { region: null }],
    ['age', { age: 'age' }, field('age', '33'), { age: 33 }],
    ['age 0 to a clear', { age: 'age' }, field('age', 0), { age: null }],
    ['age 0.0 to a clear', { age: 'age' }, field('age', '0.0'), { age: null }],
    ['an exponent as text', { qq: 'qq' }, field('qq', '1E5'), { qq: '1E5' }],
    ['an exponent as number', { age: 'age' }, field('age', '1.50E1'), { age: 15 }],
    ['mobiles in order', { mobiles: { to: ['m', 'n'] } }, field('mobiles', ['1', '2']), { m: '1', n: '2' }],
    ['fewer mobiles', { mobiles: { to: ['m', 'n'] } }, field('mobiles', ['1']), { m: '1', n: null }],
    ['more mobiles', { mobiles: 'm' }, field('mobiles', ['1', '2']), { m: '1' }],
    ['no mobiles', { mobiles: { to: ['m', 'n'] } }, clearedField('mobiles'), { m: null, n: null }],
    [
      'mobileList without repeats and blanks',
      { mobileList: { to: ['m', 'n'] } },
      field('mobileList', [{ tel: '1' }, { tel: '1' }, { tel: '' }, { tel: '2', type: 'mobile' }]),
      { m: '1', n: '2' },
    ],
    ['tags', { tags: 't' }, field('tags', ['a', 'b', 'a']), { t: ['a', 'b'] }],
    [
      'tags by table',
      { tags: { to: 't', options: { a: 'vip', b: 'old', c: null } } },
      field('tags', ['b', 'a', 'c']),
      { t: ['old', 'vip'] },
    ],
    [
      'unlisted tags dropped',
      { tags: { to: 't', options: { a: 'vip' }, unlisted: 'drop' } },
      field('tags', ['z', 'a']),
      { t: ['vip'] },
    ],
    [
      'unlisted tags kept',
      { tags: { to: 't', options: { a: 'vip' }, unlisted: 'keep' } },
      field('tags', ['z', 'a']),
      { t: ['z', 'vip'] },
    ],
    [
      'coordinate to two',
      { coordinate: { to: ['lng', 'lat'] } },
      field('coordinate', [120.1, 30.2]),
      { lng: 120.1, lat: 30.2 },
    ],
    ['coordinate to text', { coordinate: 'place' }, field('coordinate', [120.1, 30.2]), { place: '120.1,30.2' }],
    [
      'coordinate [0,0] to a clear',
      { coordinate: { to: ['a', 'b'] } },
      field('coordinate', [0, 0]),
      { a: null, b: null },
    ],
    ['a yes', { 'customFields.b': { to: 'b', as: 'boolean' } }, field('customFields.b', '是'), { b: true }],
    ['a no', { 'customFields.b': { to: 'b', as: 'boolean' } }, field('customFields.b', 0), { b: false }],
    ['a cleared text', { remark: 'nickname' }, clearedField('remark'), { nickname: null }],
    ['null as a clear', { remark: 'nickname' }, field('remark', null), { nickname: null }],
    ['an empty list as a clear', { tags: 't' }, field('tags', []), { t: null }],
  ])('%s', (_, mapping, one, expected) => {
    expect(mapped(mapping, one)).toEqual(expected);
  });

  it.each<[string, Json, PropertyValue]>([
    ['text', 'x', 'x'],
    ['radio', 'x', 'x'],
    ['radio', ['x'], 'x'],
    ['checkbox', ['x', 'y'], ['x', 'y']],
    ['checkbox', 'x', ['x']],
    ['date', '2023/6/7', '2023-06-07'],
    ['datetime', '2023-06-07 08:30', '2023-06-07T00:30:00.000Z'],
    ['number', '1.5', 1.5],
    ['not-invented-yet', 'x', 'x'],
  ])('a custom field of type %s without `as`: %j becomes %j', (type, value, expected) => {
    expect(mapped({ 'customFields.c': 'c' }, field('customFields.c', value, { type }))).toEqual({ c: expected });
  });

  it('uses the options of a custom field whatever its type', () => {
    const mapping = { 'customFields.c': { to: 'c', options: { x: 'X' } } };
    expect(mapped(mapping, field('customFields.c', 'x', { type: 'radio' }))).toEqual({ c: 'X' });
    expect(mapped(mapping, field('customFields.c', ['x'], { type: 'checkbox' }))).toEqual({ c: ['X'] });
  });

  it('names the clock’s field and the overwrite rule with each property', () => {
    const mapping = createFieldMapping('acme', { mobiles: { to: ['m', 'n'], overwrite: 'if-empty' }, remark: 'r' });
    expect(mapping.properties).toEqual(['m', 'n', 'r']);
    expect(mapping.map([field('mobiles', ['1']), field('remark', 'x'), field('email', 'y')]).mapped).toEqual([
      { key: 'mobiles', property: 'm', value: '1', overwrite: 'if-empty' },
      { key: 'mobiles', property: 'n', value: null, overwrite: 'if-empty' },
      { key: 'remark', property: 'r', value: 'x', overwrite: 'always' },
    ]);
  });
});

describe('what cannot be converted is left alone and reported without its value', () => {
  it.each<[string, unknown, Field, string]>([
    ['an object as text', { remark: 'r' }, field('remark', { a: 1 }), 'is not a text'],
    ['an unlisted option', { gender: { to: 'g', options: {} } }, field('gender', 3), 'is not listed in options'],
    [
      'a key of every object as option',
      { gender: { to: 'g', options: {} } },
      field('gender', 'constructor'),
      'is not listed in options',
    ],
    [
      'several options for one',
      { 'customFields.o': { to: 'o', as: 'option' } },
      field('customFields.o', ['a', 'b']),
      'has several options where the property takes one; use "as":"multi"',
    ],
    [
      'an unlisted tag',
      { tags: { to: 't', options: { a: 'A' } } },
      field('tags', ['a', 'b']),
      'has an entry that is not listed in options',
    ],
    ['a tag with the separator', { tags: 't' }, field('tags', ['a;b']), 'has an entry that contains ";"'],
    ['nested tags', { tags: 't' }, field('tags', [['a']]), 'is not a list of texts'],
    ['a text as number', { age: 'a' }, field('age', '三十'), 'is not a number'],
    ['a boolean as number', { age: 'a' }, field('age', true), 'is not a number'],
    ['an endless number', { age: 'a' }, field('age', '1e999'), 'is not a number'],
    [
      'a number with too many digits',
      { age: 'a' },
      field('age', '12345678901234567890'),
      'has more digits than a number can hold; map it as text',
    ],
    [
      'a fraction with too many digits',
      { age: 'a' },
      field('age', '0.1234567890123456789'),
      'has more digits than a number can hold; map it as text',
    ],
    [
      'maybe as boolean',
      { 'customFields.b': { to: 'b', as: 'boolean' } },
      field('customFields.b', 'maybe'),
      'is neither yes nor no',
    ],
    ['a list as date', { birthday: 'b' }, field('birthday', [1990]), 'is neither a text nor a number'],
    [
      'a phone without tel',
      { mobileList: 'm' },
      field('mobileList', [{ tip: '1' }]),
      'is not a list of telephone numbers',
    ],
    ['half a coordinate', { coordinate: 'c' }, field('coordinate', [1]), 'is not a pair of longitude and latitude'],
    ['latitude first', { coordinate: 'c' }, field('coordinate', [30, 120]), 'is not a pair of longitude and latitude'],
  ])('%s', (_, mapping, one, problem) => {
    expect(mapped(mapping, one)).toBe(problem);
  });
});

describe('any value', () => {
  const mappings = CONVERSIONS.map((as) => ({
    'customFields.x': { to: 'x', as, ...((as === 'option' || as === 'multi') && { options: { a: 1, b: null } }) },
  }));

  it('is mapped or reported, never thrown at, and a report never holds the value', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string(), fc.double(), fc.integer(), fc.date().map(String));
    return fc.assert(
      fc.property(
        fc.constantFrom(...mappings),
        anything,
        fc.option(fc.string(), { nil: undefined }),
        (mapping, value, type) => {
          const one = field('customFields.x', value as Json, type === undefined ? {} : { type });
          const { mapped: written, problems } = createFieldMapping('acme', mapping).map([one]);
          expect(written.length + problems.length).toBe(1);
          for (const { value: out } of written) expect(JSON.stringify(out)).toBeDefined();
          const text = typeof value === 'string' && value.length > 12 ? value : undefined;
          if (text) expect(JSON.stringify(problems)).not.toContain(text);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('as a mapping is taken or refused with a ConfigError, never with another error', () => {
    return fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())), (mapping) => {
        try {
          createFieldMapping('acme', mapping);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
