import { readEnvelope } from '../../lib/dustess/read-envelope.ts';
import { open, refusalOf, sealed } from './door.ts';

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
    expect(refusalOf(() => idOf('好'.repeat(171)))).toBe('unreadable-envelope');
    expect(refusalOf(() => idOf('x'.repeat(513)))).toBe('unreadable-envelope');
  });

  it('may not hold half a character: in a table it would be the id of another event', () => {
    expect(refusalOf(() => readEnvelope('{"id":"\\ud800","body":{}}'))).toBe('unreadable-envelope');
  });
});
