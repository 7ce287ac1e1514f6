import fc from 'fast-check';
import { readMergeEvent } from '../../lib/dustess/merge-event.ts';
import { readContent } from '../../lib/dustess/unwrap-plaintext.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isHeldExactly } from '../../lib/mapping/exact-number.ts';
import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 1_000);

describe('a number has all digits of its text', () => {
  it.each([
    '0',
    '-0',
    '0.0',
    '1.10',
    '1E5',
    '11e-1',
    '.5',
    '5.',
    '+7',
    '100000000000000000000',
    '0.1',
    '-12.50',
    '1e21',
  ])('%s', (text) => {
    expect(isHeldExactly(text)).toBe(true);
  });

  it.each(['9007199254740993', '0.1234567890123456789', '1e999', '1e-999', '12345678901234567890', '1'.repeat(500)])(
    'or not: %s',
    (text) => {
      expect(isHeldExactly(text)).toBe(false);
    },
  );

  it('whatever JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) =>
        expect(isHeldExactly(String(number))).toBe(true),
      ),
      { numRuns },
    );
  });
});

describe('from the signed text to the property no digit is changed', () => {
  const written = (changed: string) => {
    const content = readContent(`{"mainID":"s","mergedIDs":["a"],"triggerTs":1686107367,"changed":${changed}}`);
    const mapping = { remark: 'remark', age: 'age', coordinate: 'place', 'customFields.f': 'custom' };
    const { mapped, problems } = createFieldMapping('acme', mapping).map(
      readMergeEvent('e', content as JsonObject).changed,
    );
    return [...mapped.map(({ value }) => value), ...problems.map(({ problem }) => problem)];
  };
  const custom = (type: string, value: string) =>
    written(`{"customFields":[{"id":"f","type":${JSON.stringify(type)},"value":${value}}]}`);

  it.each(['1.10', '1E5', '00123', '12345678901234567890', '-0', ' 5', '1.0', '{"a": 1}', '[1,2]', 'true', '"'])(
    'a custom field of type text: %s',
    (text) => {
      expect(custom('text', JSON.stringify(text))).toEqual([text]);
      expect(custom('text', JSON.stringify(JSON.stringify(text)))).toEqual([text]);
    },
  );

  it.each(['1.10', '1E5', '12345678901234567890', '1.0', '7'])('a number where a text belongs: %s', (number) => {
    expect(custom('text', number)).toEqual([number]);
    expect(custom('something-new', number)).toEqual([number]);
    expect(written(`{"remark":${number}}`)).toEqual([number]);
  });

  it('a number is a number, or is left alone where it would lose digits', () => {
    expect(custom('number', '"1.10"')).toEqual([1.1]);
    expect(custom('number', '1.50E1')).toEqual([15]);
    for (const number of ['12345678901234567890', '0.1234567890123456789'])
      expect(custom('number', number)).toEqual(['has more digits than a number can hold; map it as text']);
    expect(written('{"age":9007199254740993}')).toEqual(['has more digits than a number can hold; map it as text']);
  });

  it('a place keeps the digits of both numbers', () => {
    expect(written('{"coordinate":[120.10,30.2500]}')).toEqual(['120.10,30.2500']);
    expect(written('{"coordinate":[0.0,0.0]}')).toEqual([null]);
  });
});
