import { randomBytes } from 'node:crypto';
import { decodeAesKey, newKeys } from '../../lib/dustess/envelope-keys.ts';
import { ConfigError } from '../../lib/errors.ts';
import { KEYS, open, sealed } from './sealing.ts';

describe('the EncodingAESKey', () => {
  it('is 43 characters that stand for 32 bytes, canonical or not', () => {
    expect(decodeAesKey(KEYS.encodingAesKey)).toHaveLength(32);
    const canonical = `${KEYS.encodingAesKey.slice(0, 42)}A`;
    expect(decodeAesKey(canonical)).toEqual(decodeAesKey(`${KEYS.encodingAesKey.slice(0, 42)}B`));
  });

  it.each([
    '',
    KEYS.encodingAesKey.slice(1),
    `${KEYS.encodingAesKey}=`,
    `x${KEYS.encodingAesKey}`,
    `${KEYS.encodingAesKey}\n`,
    ` ${KEYS.encodingAesKey.slice(1)}`,
    KEYS.encodingAesKey.replace('j', '-'),
    KEYS.encodingAesKey.replace('j', '钥'),
  ])('of another shape is a set-up mistake that says what to do and never the key: %j', (key) => {
    expect(() => decodeAesKey(key)).toThrow(ConfigError);
    expect(() => decodeAesKey(key)).toThrow(/^the EncodingAESKey needs exactly 43 characters .* copy it again$/);
  });
});

describe('new keys', () => {
  it('are letters and digits, and seal and open', () => {
    const keys = newKeys(randomBytes);
    expect(keys.token).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(keys.encodingAesKey).toMatch(/^[A-Za-z0-9]{43}$/);
    expect(open(sealed('好', { keys }), { keys: [keys] })).toBe('好');
  });

  it('are others each time', () => {
    const many = Array.from({ length: 50 }, () => newKeys(randomBytes));
    expect(new Set(many.flatMap(({ token, encodingAesKey }) => [token, encodingAesKey])).size).toBe(100);
  });
});
