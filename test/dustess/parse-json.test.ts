import fc from 'fast-check';
import { parseExactJson, parseJson } from '../../lib/dustess/parse-json.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 1_000);
jest.setTimeout(30_000 + numRuns * 20);

describe('exact JSON', () => {
  it.each([
    ['1', 1],
    ['-1.5', -1.5],
    ['1e+21', 1e21],
    ['0', 0],
    ['-0', '-0'],
    ['1.10', '1.10'],
    ['1.0', '1.0'],
    ['1E5', '1E5'],
    ['100000', 100_000],
    ['1e999', '1e999'],
    ['9007199254740993', '9007199254740993'],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['{"a":[1.10,"1.10",{"1.10":2.50}],"b":1}', { a: ['1.10', '1.10', { '1.10': '2.50' }], b: 1 }],
    ['["\\"",1.0,"\\\\",2.0,"\\\\\\"3.0"]', ['"', '1.0', '\\', '2.0', '\\"3.0']],
    ['\uFEFF[1.0]', ['1.0']],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it.each(['', '01', '1.', '.5', '+1', '-', '1e', '{"a":01}', '[1.0', '"1.0', '1.0.0', '--1', 'NaN'])(
    'does not make JSON of %j',
    (text) => {
      expect(parseExactJson(text)).toBeUndefined();
    },
  );

  it('is JSON as JavaScript reads it, wherever JavaScript keeps each number to the letter', () => {
    const json = fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(json, (text) => expect(parseExactJson(text)).toEqual(parseJson(text))),
      { numRuns },
    );
  });

  it('keeps the letters of any number anywhere', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,25})?([eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(digits, fc.string(), (number, text) => {
        const read = parseExactJson(`{${JSON.stringify(text)}:[${JSON.stringify(text)},${number}, ${number}\n]}`);
        const [same, ...numbers] = Object.values(read as Record<string, unknown[]>)[0] as unknown[];
        expect(same).toBe(text);
        expect(numbers.map(String)).toEqual([number, number]);
      }),
      { numRuns },
    );
  });
});
