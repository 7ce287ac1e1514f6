import { unwrapPlaintext } from '../../lib/dustess/unwrap-plaintext.ts';

const OUTER = { id: 'outer', event: 'OUTER', action: 'OUTER_DONE' };
const unwrap = (plaintext: unknown) => unwrapPlaintext(JSON.stringify(plaintext), OUTER);

describe('a decrypted plaintext', () => {
  it('is the body of the event that the envelope names', () => {
    expect(unwrap({ mainID: 'a' })).toEqual({ ...OUTER, body: { mainID: 'a' } });
  });

  it('that is a whole envelope names its event itself, for that is signed', () => {
    const inner = { id: 'inner', event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body: { mainID: 'a' } };
    expect(unwrap(inner)).toEqual(inner);
  });

  it('that is a whole envelope without an id keeps the outer one', () => {
    expect(unwrap({ event: 'CRM_MERGE', body: {} })).toEqual({ id: 'outer', event: 'CRM_MERGE', action: '', body: {} });
    expect(unwrap({ id: 7, event: 'E', action: 'A', body: {} }).id).toBe('7');
  });

  it.each([
    { event: 'an event of its own', action: 'x' },
    { event: 1, body: {} },
    { event: 'E', body: 'x' },
    { event: 'E', body: [] },
    ['x'],
    'x',
    0,
    null,
  ])('that only resembles an envelope is a body: %j', (body) => {
    expect(unwrap(body)).toEqual({ ...OUTER, body });
  });

  it('that is not JSON is a text', () => {
    expect(unwrapPlaintext('not JSON', OUTER)).toEqual({ ...OUTER, body: 'not JSON' });
    expect(unwrapPlaintext('', OUTER)).toEqual({ ...OUTER, body: '' });
  });

  it('is read after a byte order mark', () => {
    expect(unwrapPlaintext('\uFEFF{"mainID":"a"}', OUTER).body).toEqual({ mainID: 'a' });
  });

  it('with an inner id that cannot be kept keeps the outer one', () => {
    for (const id of ['x'.repeat(513), 'a\u001b[2J', '']) expect(unwrap({ id, event: 'E', body: {} }).id).toBe('outer');
  });

  it('is read without a digit changed', () => {
    expect(unwrapPlaintext('{"a":1.10,"b":7}', OUTER).body).toEqual({ a: '1.10', b: 7 });
  });
});
