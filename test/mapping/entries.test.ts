import { ConfigError } from '../../lib/errors.ts';
import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';

function refusal(mapping: unknown): string {
  try {
    createFieldMapping('acme', mapping);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('the mapping was accepted');
}

describe('a mapping that is wrong is refused when it is loaded', () => {
  it.each<[string, unknown, string]>([
    ['not an object', ['remark'], 'tenant acme, field mapping: must be an object of 尘锋 field → CRM property'],
    ['a file that holds null', null, 'tenant acme, field mapping: must be an object of 尘锋 field → CRM property'],
    [
      'an unknown field',
      { remrk: 'r' },
      '`remrk` is no documented field of 尘锋, did you mean `remark`: correct the name, or add "undocumented": true',
    ],
    ['a custom field without id', { 'customFields.': 'r' }, '`customFields.` is no documented field'],
    [
      'an unknown key',
      { remark: { to: 'r', asText: true } },
      '`remark` has the unknown key `asText` (known: to, as, options',
    ],
    [
      'a misspelt key',
      { remark: { to: 'r', overwite: 'always' } },
      '`remark` has the unknown key `overwite`, did you mean `overwrite` (known: ',
    ],
    ['a missing property', { remark: { as: 'text' } }, '`remark` needs `to`, the CRM property to write'],
    ['neither text nor object', { remark: 5 }, '`remark` must be a property name or an object with `to`'],
    ['null', { remark: null }, '`remark` must be a property name or an object with `to`'],
    ['a strange property name', { remark: "x' OR Id != '" }, '`remark`.to must be a property name'],
    ['a property of every object', { remark: '__proto__' }, '`remark`.to must be a property name'],
    ['no property', { remark: { to: [] } }, '`remark`.to needs at least one property'],
    ['an unknown conversion', { remark: { to: 'r', as: 'string' } }, '`remark`.as must be one of text, option'],
    ['gender without options', { gender: 'g' }, '`gender` needs `options`, such as {"0":null,"1":"male","2":"female"}'],
    ['options that are no table', { gender: { to: 'g', options: ['a'] } }, '`gender`.options'],
    [
      'an option that is a list',
      { gender: { to: 'g', options: { 1: [] } } },
      '`gender`.options.1 must be a text, a number',
    ],
    [
      'options on a text',
      { remark: { to: 'r', options: {} } },
      '`remark` has `options`, which only go with option and multi',
    ],
    ['unlisted without options', { tags: { to: 't', unlisted: 'drop' } }, '`tags` has `unlisted` without `options`'],
    [
      'dropping a single option',
      { gender: { to: 'g', options: {}, unlisted: 'drop' } },
      '`gender` has "unlisted":"drop", which only goes with "as":"multi"',
    ],
    [
      'a zone on a text',
      { remark: { to: 'r', zone: 'Z' } },
      '`remark` has `zone`, which only goes with date and datetime',
    ],
    [
      'a zone by name',
      { birthday: { to: 'b', zone: 'Asia/Shanghai' } },
      '`birthday`.zone must be an offset such as "+08:00"',
    ],
    [
      'an unknown overwrite',
      { remark: { to: 'r', overwrite: 'never' } },
      '`remark`.overwrite must be "always" or "if-empty"',
    ],
    [
      'several properties for a text',
      { remark: { to: ['a', 'b'] } },
      'maps to 2 properties; only phones and a coordinate',
    ],
    ['three for a coordinate', { coordinate: { to: ['a', 'b', 'c'] } }, 'a coordinate takes one or two'],
    ['one property twice, readField otherwise', { remark: 'Note', qq: 'note' }, 'property `note` is written by'],
    ['one property twice', { remark: 'note', qq: 'Note' }, 'property `Note` is written by `remark` and `qq`: keep one'],
    [
      'one property twice in a list',
      { mobiles: { to: ['a', 'a'] } },
      'property `a` is written by `mobiles` and `mobiles`',
    ],
  ])('%s', (_, mapping, message) => {
    expect(refusal(mapping)).toContain(message);
    expect(refusal(mapping)).toContain('tenant acme, field mapping: ');
  });

  it('all problems at once', () => {
    const message = refusal({ remrk: 'r', gender: 'g', birthday: { to: 'b', zone: 'x' } });
    expect(message).toContain('`remrk`');
    expect(message).toContain('`gender`');
    expect(message).toContain('`birthday`');
  });

  it('without quoting what was given', () => {
    expect(refusal({ remark: { to: 'secret value!', as: 'secret', overwrite: 'secret' } })).not.toContain('secret');
  });
});

it('takes an undocumented field when told to', () => {
  const mapping = createFieldMapping('acme', { birthPlace: { to: 'p', as: 'text', undocumented: true } });
  expect(mapping.properties).toEqual(['p']);
});
