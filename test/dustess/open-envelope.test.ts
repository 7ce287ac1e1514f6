import { milliseconds, openSealed } from '../../lib/dustess/open-envelope.ts';
import { ConfigError } from '../../lib/errors.ts';
import { INTAKE, KEYS, NOW, OTHER_KEYS, open, RECEIVE_ID, refusalOf, sealed, signed } from './sealing.ts';

describe('a sealed body', () => {
  it('promise 1: opens to the letter, with the time it was signed', () => {
    const text = ' {"a": 1,\n "b":"哈哈 😀"}\u0000';
    const bytes = Buffer.from(text, 'utf8');
    expect(openSealed(sealed(text), INTAKE, NOW)).toEqual({
      plaintext: text,
      bytes,
      receiveId: RECEIVE_ID,
      sentAt: NOW,
      keys: KEYS,
    });
  });

  it.each(['encrypt', 'msgSignature', 'timeStamp', 'nonce'] as const)(
    'promise 1: with another %s it is refused before anything is decrypted',
    (part) => {
      const body = sealed('{}');
      const first = body[part].charAt(0) === '1' ? '2' : '1';
      expect(refusalOf(() => open({ ...body, [part]: first + body[part].slice(1) }))).toBe('bad-signature');
    },
  );

  it.each(['', 'd64cc4a0', 'x'.repeat(40), '钥'.repeat(40), '0'.repeat(1_000)])(
    'promise 1: a signature of any other shape is a bad one: %#',
    (msgSignature) => {
      expect(refusalOf(() => open({ ...sealed('{}'), msgSignature }))).toBe('bad-signature');
    },
  );

  it('an upper-case signature is not what the sender writes', () => {
    const body = sealed('{}');
    expect(refusalOf(() => open({ ...body, msgSignature: body.msgSignature.toUpperCase() }))).toBe('bad-signature');
  });

  it('a message of nothing is a message', () => {
    expect(open(sealed(''))).toBe('');
  });

  it('a message of nothing for nobody named is the shortest there is', () => {
    expect(open(sealed('', { receiveId: '' }), { receiveIds: ['*'] })).toBe('');
  });

  it('a ciphertext with a part of a block behind it is no ciphertext', () => {
    const whole = Buffer.from(sealed('{}').encrypt, 'base64');
    for (const more of [1, 3, 15]) {
      const longer = Buffer.concat([whole, Buffer.alloc(more, 7)]).toString('base64');
      expect(refusalOf(() => open(signed(longer, {})))).toBe('undecryptable');
    }
  });

  it('a key that cannot be one is the settings’ fault, not the callback’s', () => {
    expect(() => open(sealed('{}'), { keys: [{ ...KEYS, encodingAesKey: 'short' }] })).toThrow(ConfigError);
  });

  it('a BOM belongs to the message', () => {
    expect(open(sealed('\uFEFF{}'))).toBe('\uFEFF{}');
  });
});

describe('while keys are rotated', () => {
  const keys = [KEYS, OTHER_KEYS];

  it('callbacks under the old and the new pair open', () => {
    expect(open(sealed('old'), { keys })).toBe('old');
    expect(open(sealed('new', { keys: OTHER_KEYS }), { keys })).toBe('new');
  });

  it('two pairs may share a token and differ in the AES key', () => {
    const newKey = { ...KEYS, encodingAesKey: OTHER_KEYS.encodingAesKey };
    expect(open(sealed('old'), { keys: [newKey, KEYS] })).toBe('old');
    expect(open(sealed('new', { keys: newKey }), { keys: [KEYS, newKey] })).toBe('new');
  });

  it('the token of one pair with the AES key of another opens nothing', () => {
    const mixed = { token: KEYS.token, encodingAesKey: OTHER_KEYS.encodingAesKey };
    expect(refusalOf(() => open(sealed('{}', { keys: mixed }), { keys }))).toBe('undecryptable');
  });

  it('a pair that is gone opens nothing', () => {
    expect(refusalOf(() => open(sealed('{}'), { keys: [OTHER_KEYS] }))).toBe('bad-signature');
  });
});

describe('the receiveId', () => {
  it('may be any of the list', () => {
    expect(open(sealed('x', { receiveId: 'client-1' }), { receiveIds: [RECEIVE_ID, 'client-1'] })).toBe('x');
  });

  it('may be anything, or nothing, where the list says *', () => {
    expect(open(sealed('x', { receiveId: 'any company' }), { receiveIds: ['*'] })).toBe('x');
    expect(open(sealed('x', { receiveId: '' }), { receiveIds: ['*'] })).toBe('x');
  });

  it.each(['', 'P0000000002', `${RECEIVE_ID}3`, RECEIVE_ID.toLowerCase(), '*'])(
    '%j is not in the list',
    (receiveId) => {
      expect(refusalOf(() => open(sealed('x', { receiveId })))).toBe('foreign-receive-id');
    },
  );

  it('with an empty list the set-up is wrong, not the callback', () => {
    expect(() => open(sealed('x'), { receiveIds: [] })).toThrow(ConfigError);
    expect(() => open(sealed('x'), { receiveIds: [] })).toThrow(/receiveIds is empty: list the accepted ones, or "\*"/);
  });
});

describe('the age', () => {
  const at = (ms: number) => sealed('x', { timestamp: String(ms) });
  const DAY = 86_400_000;

  it.each([
    ['now', NOW],
    ['a day old', NOW - DAY],
    ['a day ahead, for clocks differ', NOW + DAY],
  ])('%s is accepted', (_, ms) => {
    expect(open(at(ms))).toBe('x');
  });

  it.each([
    ['older', NOW - DAY - 1],
    ['further ahead', NOW + DAY + 1],
    ['the beginning of time', 0],
  ])('%s is refused', (_, ms) => {
    expect(refusalOf(() => open(at(ms)))).toBe('too-old');
  });

  it('the last time stamp in seconds is below the first in milliseconds', () => {
    expect(milliseconds('99999999999')).toBe(99_999_999_999_000);
    expect(milliseconds('100000000000')).toBe(100_000_000_000);
  });

  it.each(['', '-1', '1e9', 'NaN', 'Infinity', '0x10', ' 1686107367', '１６８６１０７３６７', '9'.repeat(17)])(
    'a time stamp of another shape is no time: %j',
    (timestamp) => {
      expect(milliseconds(timestamp)).toBeNaN();
      expect(refusalOf(() => open(sealed('x', { timestamp })))).toBe('too-old');
    },
  );
});
