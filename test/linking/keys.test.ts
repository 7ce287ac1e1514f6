import { emailsIn, keyValues, mobilesIn } from '../../lib/linking/keys.ts';

describe('a mobile number', () => {
  it.each([
    '13800138000',
    '138-0013-8000',
    '138 0013 8000',
    '+86 13800138000',
    '0086 138 0013 8000',
    '8613800138000',
    '(+86)13800138000',
    '１３８００１３８０００',
    'tel:13800138000',
    '13800138000 (微信同号)',
  ])('is the same however it is written: %s', (text) => {
    expect(mobilesIn(text, 'CN')).toEqual(['+8613800138000']);
  });

  it.each([
    '13800138001;13900139002',
    '13800138001；13900139002',
    '13800138001，13900139002',
    '13800138001 13900139002',
    '13800138001、13900139002',
    '13800138001/13900139002',
    '13800138001\n13900139002',
  ])('may stand beside another in a cell: %j', (text) => {
    expect(mobilesIn(text, 'CN')).toEqual(['+8613800138001', '+8613900139002']);
  });

  it.each([
    ['a landline', '010-12345670'],
    ['a hotline', '400-800-8888'],
    ['repeated digits', '11111111111'],
    ['a number that repeats one digit to its end', '13888888888'],
    ['a row of digits', '13812345678'],
    ['one digit too few', '1380013800'],
    ['what Excel makes of it', '1.38E+10'],
    ['nothing', ''],
    ['a word', '无'],
  ])('%s is no key', (_name, text) => {
    expect(mobilesIn(text, 'CN')).toEqual([]);
  });

  it('without a country code is at home in the country that was named', () => {
    expect(mobilesIn('9123 4567', 'HK')).toEqual(['+85291234567']);
    expect(mobilesIn('+852 9123 4567', 'CN')).toEqual(['+85291234567']);
  });
});

describe('other keys', () => {
  it('an e-mail address is trimmed and in lower case; what is none is no key', () => {
    expect(emailsIn(' Zhang@Example.CN ; li@example.cn')).toEqual(['zhang@example.cn', 'li@example.cn']);
    for (const text of ['', '无', 'a@b', '@b.cn', 'a@b.', '138@']) expect(emailsIn(text)).toEqual([]);
  });

  it('a key of the user’s own is compared letter by letter', () => {
    expect(keyValues('unionid', ['oX1', ' ', 'ox1'], 'CN')).toEqual(['oX1', 'ox1']);
  });
});
