import fc from 'fast-check';
import { parseExactJson, parseJson } from '../../lib/dustess/parse-json.ts';
import { isSimpleJson } from '../../lib/dustess/simple-json.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 1_000);
jest.setTimeout(30_000 + numRuns * 20);

const isSimple = (text: string, limit = 3) => isSimpleJson(Buffer.from(text, 'utf8'), limit);

describe('JSON that one look at its bytes finds simple', () => {
  it.each([
    '0',
    '7',
    '[0,10,-1,1.5,-0.25,1e+21,123456789012345,999999999999999,9007199254740991,1234567890123456]',
    ' { "a" : 1 , "b" : [ true , false , null ] } ',
    '\uFEFF{"a":1}',
    '"1.10"',
    '["\\"",1,"\\\\",2,"\\\\\\"3.0","-0"]',
    '{"\\u0022":"\\u005c","1.10":"[[[[[[","01":"]]"}',
    `["${'x'.repeat(200)}1.10",1]`,
    `["${'x'.repeat(200)}\\"1.10",1]`,
    `["${'x'.repeat(200)}\\\\",1]`,
    `["${'x'.repeat(63)}\\\\",1,"${'x'.repeat(64)}\\"",1,"${'x'.repeat(65)}\\\\\\""]`,
    '[[[]],{"a":{}},[[0]]]',
  ])('%s', (text) => {
    expect(parseJson(text)).toBeDefined();
    expect(isSimple(text)).toBe(true);
  });

  it.each([
    '-0',
    '1.0',
    '[1,1.10]',
    '1E5',
    '1e5',
    '[1e21]',
    '1e999',
    '[1234567890123456789]',
    '9007199254740993',
    '{"a":"x","b":-0}',
    `["${'x'.repeat(200)}",1.10]`,
    `["${'x'.repeat(200)}\\\\",1.10]`,
    `["${'x'.repeat(64)}\\"",1.10]`,
    '"\\\\" 1.0',
  ])('is not one with a number that JavaScript writes in another way: %s', (text) => {
    expect(isSimple(text)).toBe(false);
  });

  it.each(['[[[[]]]]', '{"a":{"a":{"a":{}}}}', '[[[{}]]]', '[[],[[]],[[[1]]]]'])(
    'is not one with lists and objects deeper than the limit: %s',
    (text) => {
      expect(isSimple(text, 4)).toBe(true);
      expect(isSimple(text, 3)).toBe(false);
    },
  );
});

describe('the quick look and the careful one agree', () => {
  interface Made {
    text: string;
    depth: number;
    isExact: boolean;
  }
  const scalar = (text: string, isExact: boolean): Made => ({ text, depth: 0, isExact });
  const joined = (parts: Made[], text: string): Made => ({
    text,
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    isExact: parts.every(({ isExact }) => isExact),
  });
  const number = fc.oneof(
    fc.stringMatching(/^-?(0|[1-9]\d{0,17})(\.\d{1,3})?([eE][+-]?\d{1,2})?$/),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  );
  const string = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[a\\"1.]{0,80}$/),
      fc.string({ minLength: 60, maxLength: 70 }).map((long) => `${long}\\"1.10,`),
    )
    .map((text) => JSON.stringify(text));
  const { json } = fc.letrec<{ json: Made; list: Made; object: Made }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      number.map((text) => scalar(text, String(Number(text)) === text)),
      string.map((text) => scalar(text, true)),
      tie('list'),
      tie('object'),
    ),
    list: fc
      .array(tie('json'), { maxLength: 4 })
      .map((items) => joined(items, `[${items.map(({ text }) => text).join(', ')}]`)),
    object: fc.array(fc.tuple(string, tie('json')), { maxLength: 4 }).map((entries) => {
      const texts = entries.map(([key, { text }]) => `${key}:${text}`);
      return joined(
        entries.map(([, value]) => value),
        `{${texts.join(',')}}`,
      );
    }),
  }));

  it('simple is what has exact numbers only, and nothing deeper than the limit', () => {
    fc.assert(
      fc.property(json, fc.nat(4), ({ text, depth, isExact }, limit) => {
        expect(isSimple(text, limit)).toBe(isExact && depth <= limit);
      }),
      { numRuns },
    );
  });

  it('of a simple text the careful way reads the same', () => {
    fc.assert(
      fc.property(json, ({ text }) => {
        if (isSimple(text, 100)) expect(parseExactJson(text)).toEqual(parseJson(text));
      }),
      { numRuns },
    );
  });
});
