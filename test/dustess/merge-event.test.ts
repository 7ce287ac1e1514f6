import { readMergeEvent } from '../../lib/dustess/merge-event.ts';
import { parseExactJson } from '../../lib/dustess/parse-json.ts';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { UnreadableEvent } from '../../lib/errors.ts';
import type { Field } from '../../lib/event.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

const BODY: JsonObject = { mainID: 'a', mergedIDs: ['b'], triggerTs: 1_686_107_367 };
const read = (more: JsonObject = {}) => readMergeEvent('event-1', { ...BODY, ...more });
const changedField = (key: string, value: Json): Field | undefined => read({ changed: { [key]: value } }).changed[0];
const customField = (wire: Json): Field | undefined => read({ changed: { customFields: [wire] } }).changed[0];

function unreadable(body: JsonObject): string {
  try {
    readMergeEvent('event-1', body);
  } catch (error) {
    if (error instanceof UnreadableEvent) return error.message;
    throw error;
  }
  return 'readable';
}

describe('what the sender writes in more than one way', () => {
  it('a time with blanks around it is that time', () => {
    expect(read({ triggerTs: ' 1686107367 ' }).triggeredAt).toBe(1_686_107_367_000);
  });

  it.each([
    [[0, 0], true],
    [['0', '0.0'], true],
    [[0, '0'], true],
    [['116.4', '39.9'], false],
    [[116.4, 0], false],
    [['', ''], false],
    [['x', 'y'], false],
    [[null, null], false],
    [[[], []], false],
  ] as [Json, boolean][])('a coordinate of %j is cleared: %s', (value, cleared) => {
    expect(changedField('coordinate', value)?.cleared).toBe(cleared);
  });

  it('a type that is no text is no type', () => {
    expect(customField({ id: 'f', type: 5, value: '"x"' })).not.toHaveProperty('type');
  });

  it.each([
    [' "a"', 'a'],
    ['"a" ', 'a'],
    [' 1.10', ' 1.10'],
    ['1.10', '1.10'],
    [' 7', ' 7'],
    ['7', 7],
  ])('a custom value of %j is %j', (value, decoded) => {
    expect(customField({ id: 'f', type: 'radio', value })?.value).toBe(decoded);
  });
});

describe('who is merged', () => {
  it('is said by mainID, whatever body.id says', () => {
    expect(read({ id: 'other' })).toMatchObject({ survivorId: 'a', loserIds: ['b'] });
  });

  it('keeps the order of the losers, each once, and a self-merge for others to judge', () => {
    expect(read({ mergedIDs: ['c', 'b', 'c', 'a'] }).loserIds).toEqual(['c', 'b', 'a']);
  });

  it('may be numbers, as far as JSON keeps them exact', () => {
    expect(read({ mainID: 7, mergedIDs: [8] })).toMatchObject({ survivorId: '7', loserIds: ['8'] });
    expect(unreadable({ ...BODY, mainID: 2 ** 53 })).toBe('the event cannot be read: mainID');
    expect(unreadable({ ...BODY, mergedIDs: ['b', 2 ** 60] })).toBe('the event cannot be read: mergedIDs');
  });

  it.each([
    ['mainID', undefined],
    ['mainID', null],
    ['mainID', ''],
    ['mainID', ['a']],
    ['mainID', 'x'.repeat(513)],
    ['mainID', '\ud800'],
    ['mergedIDs', undefined],
    ['mergedIDs', null],
    ['mergedIDs', 'b'],
    ['mergedIDs', { 0: 'b' }],
    ['mergedIDs', ['b', '']],
    ['mergedIDs', ['b', null]],
    ['mergedIDs', [['b']]],
    ['mergedIDs', ['好'.repeat(171)]],
    ['triggerTs', undefined],
    ['triggerTs', null],
    ['triggerTs', ''],
    ['triggerTs', 0],
    ['triggerTs', -1],
    ['triggerTs', 1.5],
    ['triggerTs', 'yesterday'],
    ['triggerTs', 9e15],
    ['triggerTs', 1e16],
    ['triggerTs', '0x5f5e100'],
    ['triggerTs', '1.7e9.5'],
    ['triggerTs', [1_686_107_367]],
  ] as [string, Json | undefined][])('promise 6: is never guessed: %s %j is named, not quoted', (field, value) => {
    const body = Object.fromEntries(Object.entries({ ...BODY, [field]: value }).filter(([, one]) => one !== undefined));
    expect(unreadable(body as JsonObject)).toBe(`the event cannot be read: ${field}`);
  });
});

describe('when and by whom', () => {
  it.each([
    [1_686_107_367, 1_686_107_367_000],
    ['1686107367', 1_686_107_367_000],
    [1_686_107_367_123, 1_686_107_367_123],
    ['1686107367123', 1_686_107_367_123],
    ['1686107367.0', 1_686_107_367_000],
    ['1.686107367E9', 1_686_107_367_000],
  ])('triggerTs %j is %d ms', (triggerTs, ms) => {
    expect(read({ triggerTs }).triggeredAt).toBe(ms);
  });

  const SENT = 1_700_000_000_000;
  const triggeredAt = (triggerTs: Json) => readMergeEvent('event-1', { ...BODY, triggerTs }, SENT).triggeredAt;

  it('promise 4b: triggerTs may be a day later than the signed time stamp, for clocks differ', () => {
    expect(triggeredAt(1_700_086_400)).toBe(SENT + 86_400_000);
    expect(triggeredAt(SENT + 86_400_000)).toBe(SENT + 86_400_000);
  });

  it.each([
    ['a day and a second ahead', 1_700_086_401],
    ['a year ahead', 1_731_536_000],
    ['microseconds', 1_700_000_000_000_000],
    ['nanoseconds', '1700000000000000000'],
    ['microseconds as text', '1700000000000000'],
  ])('promise 4b: triggerTs is unreadable when it is %s: later changes would be taken for older ones', (_, value) => {
    expect(() => triggeredAt(value)).toThrow('the event cannot be read: triggerTs');
  });

  it('what is missing or of another type is an empty text', () => {
    expect(read()).toMatchObject({ account: '', operatorId: '', origin: '', changed: [], old: [], mergedContacts: [] });
    expect(read({ account: null, uid: 34, actionOrigin: {}, changed: [], old: 'x', mergedContacts: {} })).toMatchObject(
      {
        account: '',
        operatorId: '34',
        origin: '',
        changed: [],
        old: [],
        mergedContacts: [],
      },
    );
  });

  it('the losers’ details stay as they came', () => {
    const mergedContacts = SAMPLE_ENVELOPE.body.mergedContacts as Json[];
    expect(read({ mergedContacts }).mergedContacts).toEqual(mergedContacts);
  });
});

describe('a field', () => {
  it.each([
    ['remark', ''],
    ['remark', null],
    ['mobiles', []],
    ['mobileList', []],
    ['categoryID', '00000000-0000-0000-0000-000000000000'],
    ['coordinate', [0, 0]],
    ['coordinate', []],
    ['gender', ''],
  ] as [string, Json][])('%s is emptied by %j', (key, value) => {
    expect(changedField(key, value)).toEqual({ key, value, cleared: true, wire: value });
  });

  it.each([
    ['gender', 0],
    ['gender', '0'],
    ['age', 0],
    ['provCity', 0],
    ['remark', ' '],
    ['remark', '00000000-0000-0000-0000-000000000000'],
    ['categoryID', '00000000-0000-0000-0000-000000000001'],
    ['coordinate', [0, 120.1]],
    ['tags', [0, 0]],
    ['whatever comes tomorrow', { a: [] }],
    ['isVip', false],
  ] as [string, Json][])('%s is not emptied by %j', (key, value) => {
    expect(changedField(key, value)).toEqual({ key, value, cleared: false, wire: value });
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('named %s is a field like any other', (key) => {
    const changed = JSON.parse(`{"${key}":{"polluted":true}}`) as JsonObject;
    expect(read({ changed }).changed).toEqual([
      { key, value: { polluted: true }, cleared: false, wire: { polluted: true } },
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('that only looks like a custom field is none', () => {
    expect(changedField('customFields.field10', 'x')).toBeUndefined();
  });
});

describe('a custom field', () => {
  const wire = (value: Json | undefined, more: JsonObject = {}) =>
    ({ id: 'field10', type: 'text', ...more, ...(value !== undefined && { value }) }) as JsonObject;

  it.each([
    ['"\\"样例\\""', '样例'],
    ['"[\\"a\\",\\"b\\"]"', '["a","b"]'],
    ['"{\\"a\\": 1}"', '{"a": 1}'],
    ['"12.5"', 12.5],
    ['"1.10"', '1.10'],
    ['"1E5"', '1E5'],
    ['"1e5"', '1e5'],
    ['"100000"', 100_000],
    ['"-0"', '-0'],
    ['" 5"', ' 5'],
    ['"5.0"', '5.0'],
    ['"0.1234567890123456789"', '0.1234567890123456789'],
    ['"+5"', '+5'],
    ['"\\"1.10\\""', '1.10'],
    ['"true"', true],
    ['"not JSON"', 'not JSON'],
    ['"00123"', '00123'],
    ['"6222020200112345678"', '6222020200112345678'],
    ['"1e999"', '1e999'],
    ['12.5', 12.5],
    ['["a"]', ['a']],
  ])('with the value %s is decoded', (json, value) => {
    const field = wire(JSON.parse(json) as Json);
    expect(customField(field)).toEqual({
      key: 'customFields.field10',
      value,
      cleared: false,
      type: 'text',
      wire: field,
    });
  });

  it.each([
    ['checkbox', '["a","b"]', ['a', 'b']],
    ['checkbox', '[1.10,2]', ['1.10', 2]],
    ['address', '{"a":1}', { a: 1 }],
    ['number', '1.10', '1.10'],
    ['number', '12.5', 12.5],
    ['number', '12345678901234567890', '12345678901234567890'],
    ['number', 'abc', 'abc'],
  ] as [string, string, Json][])('of type %s with the value %j is decoded', (type, text, value) => {
    expect(customField(wire(text, { type }))?.value).toEqual(value);
  });

  it.each([['""'], ['[]'], ['null'], [''], [null], [[]], [undefined]])('is emptied by %j', (value) => {
    expect(customField(wire(value))).toMatchObject({ key: 'customFields.field10', cleared: true });
  });

  it.each([['0'], ['false'], ['{}'], [' '], [0], [false]])('is not emptied by %j', (value) => {
    expect(customField(wire(value))).toMatchObject({ cleared: false });
  });

  it('may have a number as id, and need not have a type', () => {
    expect(customField({ id: 10, value: '"a"' })).toEqual({
      key: 'customFields.10',
      value: 'a',
      cleared: false,
      wire: { id: 10, value: '"a"' },
    });
  });

  it.each([
    [null],
    ['field10'],
    [[]],
    [{}],
    [{ id: '' }],
    [{ id: null }],
    [{ id: 'x'.repeat(513) }],
    [{ id: 2 ** 53 }],
  ])('without a usable id is left out: %#', (field) => {
    expect(customField(field as Json)).toBeUndefined();
  });

  it('that is listed twice counts once, with its last value', () => {
    const customFields = [wire('"first"'), wire('"other"', { id: 'field11' }), wire('"last"')];
    const { changed } = read({ changed: { customFields } });
    expect(changed.map(({ key, value }) => [key, value])).toEqual([
      ['customFields.field10', 'last'],
      ['customFields.field11', 'other'],
    ]);
  });

  it.each([[null], ['x'], [{}], [1]])('is none where customFields is %j', (customFields) => {
    expect(read({ changed: { remark: 'x', customFields } }).changed.map(({ key }) => key)).toEqual(['remark']);
  });
});

describe('no digit of the sender’s is changed', () => {
  const readText = (text: string) => readMergeEvent('event-1', parseExactJson(text) as JsonObject);

  it('an id beyond 2^53 is its digits, and no other id', () => {
    const event = readText('{"mainID":12345678901234567890,"mergedIDs":[12345678901234567891],"triggerTs":1686107367}');
    expect(event).toMatchObject({ survivorId: '12345678901234567890', loserIds: ['12345678901234567891'] });
  });

  it('a number of a field is its digits where JavaScript would write it in another way', () => {
    const { changed } = readText(
      '{"mainID":"a","mergedIDs":[],"triggerTs":1.686107367E9,"changed":{"remark":1.10,"age":12,"qq":12345678901234567890,"customFields":[{"id":"f","value":1E5}]}}',
    );
    expect(changed.map(({ value }) => value)).toEqual(['1.10', 12, '12345678901234567890', '1E5']);
  });

  it('and zeros still mean that there is no place', () => {
    const { changed } = readText(
      '{"mainID":"a","mergedIDs":[],"triggerTs":1686107367,"changed":{"coordinate":[0.0,-0]}}',
    );
    expect(changed).toMatchObject([{ key: 'coordinate', cleared: true }]);
  });
});
