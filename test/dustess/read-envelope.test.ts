import crypto from 'node:crypto';
import { readEnvelope, readPlainBody } from '../../lib/dustess/read-envelope.ts';
import { findSealed } from '../../lib/dustess/sealed-body.ts';
import { open, refusalOf, sealed } from './sealing.ts';

const OUTER = { id: 'event-1', event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED' };
const BODY = sealed('{"a":1}');
const { encrypt, msgSignature, timeStamp, nonce } = BODY;

const read = (envelope: unknown) => readEnvelope(JSON.stringify(envelope));
const sealedIn = (envelope: unknown) => (read(envelope) as { sealed: typeof BODY }).sealed;

describe('a sealed callback', () => {
  it('has an outer id, event and action, and four texts', () => {
    expect(read({ ...OUTER, body: BODY })).toEqual({ ...OUTER, sealed: BODY });
  });

  it.each([
    ['the page', BODY],
    ['the SDK', { encrypt, msg_signature: msgSignature, timestamp: timeStamp, nonce }],
    ['C#', { Encrypt: encrypt, Signature: msgSignature, TimeStamp: timeStamp, Nonce: nonce }],
    ['none in particular', { ENCRYPT: encrypt, MsgSignature: msgSignature, time_stamp: timeStamp, NONCE: nonce }],
  ])('is read in the spelling of %s, inside body and beside it', (_, spelling) => {
    expect(sealedIn({ ...OUTER, body: spelling })).toEqual(BODY);
    expect(sealedIn({ ...OUTER, ...spelling })).toEqual(BODY);
    expect(sealedIn(spelling)).toEqual(BODY);
  });

  it('is read when the signature stands beside the body', () => {
    expect(sealedIn({ ...OUTER, body: { encrypt }, msg_signature: msgSignature, timeStamp, nonce })).toEqual(BODY);
  });

  it('takes what stands in the body first', () => {
    expect(sealedIn({ ...OUTER, body: BODY, encrypt: 'other', signature: 'other' })).toEqual(BODY);
  });

  it('with a number as time stamp is signed over its digits', () => {
    expect(open(sealedIn({ ...OUTER, body: { ...BODY, timeStamp: Number(timeStamp) } }))).toBe('{"a":1}');
  });

  it('with + turned into spaces is repaired before the signature is checked', () => {
    const withPlus = Array.from({ length: 50 }, (_, n) => sealed(`{"n":${n}}`)).find((one) =>
      /\+.*\+/.test(one.encrypt),
    );
    const spaced = { ...withPlus, encrypt: withPlus?.encrypt.replaceAll('+', ' ') };
    expect(sealedIn({ ...OUTER, body: spaced })).toEqual(withPlus);
  });

  it.each(['msgSignature', 'timeStamp', 'nonce', 'encrypt'])('promise 1: without %s it is refused', (part) => {
    const missing = JSON.parse(JSON.stringify(BODY, (key, value) => (key === part ? undefined : value)));
    const envelope = { ...OUTER, body: { ...missing, ...(part === 'encrypt' && { encrypt: '' }) } };
    expect(refusalOf(() => read(envelope))).toBe('missing-signature-fields');
  });

  it.each([[null], [true], [{}], [['a']]])('promise 1: with %j as signature it is refused', (msgSignature) => {
    expect(refusalOf(() => read({ ...OUTER, body: { ...BODY, msgSignature } }))).toBe('missing-signature-fields');
  });
});

describe('a plain callback', () => {
  it('is its body', () => {
    expect(read({ ...OUTER, body: { mainID: 'a' } })).toEqual({ ...OUTER, plain: { mainID: 'a' } });
  });

  it('may come without id, event and action, or with others than texts', () => {
    const nothing = { id: undefined, event: '', action: '', plain: {} };
    expect(read({ body: {} })).toEqual(nothing);
    expect(read({ id: null, event: 1, action: ['x'], body: {} })).toEqual(nothing);
    expect(read({ id: '', body: {} })).toEqual(nothing);
  });

  it('is read after a byte order mark', () => {
    expect(readEnvelope('\uFEFF{"body":{}}')).toMatchObject({ plain: {} });
  });

  it.each([
    '',
    ' ',
    '{',
    'null',
    '1',
    '"x"',
    '[]',
    '[{"body":{}}]',
    '{}',
    '{"body":null}',
    '{"body":[]}',
    '{"body":1}',
  ])('%j is no envelope', (text) => {
    expect(refusalOf(() => readEnvelope(text))).toBe('unreadable-envelope');
  });

  it('has a body without a digit changed once it is worth the time', () => {
    expect(readPlainBody('{"body":{"a":1.10,"b":12345678901234567890,"c":7}}')).toEqual({
      a: '1.10',
      b: '12345678901234567890',
      c: 7,
    });
    expect(refusalOf(() => readPlainBody('{"body":[]}'))).toBe('unreadable-envelope');
  });

  it('whose body is a text is of the scheme of 2019, and that is what the answer says', () => {
    expect(refusalOf(() => read({ ...OUTER, body: 'dGhlIG9sZCBzY2hlbWU=' }))).toBe('legacy-scheme');
  });
});

describe('the outer id', () => {
  const idOf = (id: unknown) => read({ id, body: {} }).id;

  it('may be a number, as far as JSON keeps it exact', () => {
    expect(idOf(42)).toBe('42');
    expect(readEnvelope('{"id":12345678901234567891,"body":{}}').id).toBeUndefined();
    expect(idOf(1.5)).toBeUndefined();
  });

  it('may have 512 bytes and not one more', () => {
    expect(idOf('好'.repeat(170))).toBe('好'.repeat(170));
    expect(idOf('x'.repeat(512))).toHaveLength(512);
    expect(idOf('好'.repeat(171))).toBeUndefined();
    expect(idOf('x'.repeat(513))).toBeUndefined();
  });

  it.each([
    ['half a character', 'a\ud800'],
    ['an escape sequence', '\u001b[2Jgone'],
    ['a C1 control', 'a\u009b31m'],
    ['a line end', 'a\nb'],
    ['DEL', 'a\u007f'],
    ['a line separator', 'a\u2028b'],
    ['a bidi override', 'a\u202eb'],
    ['a bidi isolate', 'a\u2066b'],
    ['something invisible', 'a\u200bb'],
    ['a noncharacter', 'a\ufffe'],
    ['another noncharacter', 'a\u{1ffff}'],
    ['nothing but spaces', '  '],
    ['the form of a derived id', `sha256-${'0'.repeat(64)}`],
  ])('promise 7: with %s is none: the event itself is not refused for it', (_, id) => {
    expect(idOf(id)).toBeUndefined();
  });

  it.each(['张#1', 'a b', 'é', '😀', '"\\', 'sha256-abc'])('may be %j', (id) => {
    expect(idOf(id)).toBe(id);
  });
});

describe('a stranger’s envelope costs little', () => {
  const MANY = 500_000;

  it('only the first names of a part are looked at', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 'x']));
    expect(refusalOf(() => read({ body: { encrypt, ...many, msgSignature, timeStamp, nonce } }))).toBe(
      'missing-signature-fields',
    );
    expect(read({ body: { ...many, ...BODY } })).toMatchObject({ plain: BODY });
  });

  it('a name that is longer than any of the sender’s is passed over', () => {
    const lower = jest.spyOn(String.prototype, 'toLowerCase');
    expect(read({ body: { [`encrypt${'_'.repeat(MANY)}`]: 'x' } })).toHaveProperty('plain');
    expect(lower.mock.contexts.map(String).every((name) => name.length < 100)).toBe(true);
    lower.mockRestore();
  });

  it('each name is looked at once', () => {
    let reads = 0;
    const counted = new Proxy(BODY, {
      get: (body, key) => {
        reads += 1;
        return Reflect.get(body, key);
      },
    });
    expect(findSealed([counted as never])).toEqual(BODY);
    expect(reads).toBe(4);
  });

  it.each([
    ['is no multiple of four', 'A'.repeat(MANY + 1)],
    ['has letters of another alphabet', `${'A'.repeat(MANY - 1)}*`],
    ['has characters beyond Latin', `${'A'.repeat(MANY - 1)}钥`],
    ['is nothing but spaces', ' '.repeat(MANY)],
    ['has line breaks', `${'A'.repeat(MANY - 1)}\n`],
  ])('a ciphertext that %s is refused before the signature is computed', (_, encrypt) => {
    const hash = jest.spyOn(crypto, 'createHash');
    expect(refusalOf(() => open(sealedIn({ body: { ...BODY, encrypt } })))).toBe('unreadable-envelope');
    expect(hash).not.toHaveBeenCalled();
    hash.mockRestore();
  });

  it('millions of spaces are put right in one pass', () => {
    const text = 'A '.repeat(2_000_000);
    const replace = jest.spyOn(String.prototype, 'replaceAll');
    const { encrypt: restored } = sealedIn({ body: { ...BODY, encrypt: text } });
    expect(replace.mock.contexts.map(String).some((one) => one.length > 100)).toBe(false);
    replace.mockRestore();
    expect(restored === 'A+'.repeat(2_000_000)).toBe(true);
  });
});
