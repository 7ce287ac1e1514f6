import { hash } from 'node:crypto';
import { isInForce, pairId } from '../../lib/dustess/envelope-keys.ts';
import { KEYS, NOW, OTHER_KEYS, open, refusalOf, sealed } from './sealing.ts';

const until = (ms: number) => new Date(NOW + ms).toISOString();

describe('promise 1: a key pair that has an end', () => {
  it('is in force until that millisecond, a pair without one for good', () => {
    const ending = { ...KEYS, until: until(0) };
    expect([NOW - 1, NOW, NOW + 1].map((now) => isInForce(ending, now))).toEqual([true, false, false]);
    expect(isInForce(KEYS, Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  it('opens nothing from then on, and what it sealed is refused under a name of its own', () => {
    const body = sealed('{}');
    expect(open(body, { keys: [OTHER_KEYS, { ...KEYS, until: until(1) }] })).toBe('{}');
    expect(refusalOf(() => open(body, { keys: [OTHER_KEYS, { ...KEYS, until: until(0) }] }))).toBe('expired-keys');
  });

  it('is told from others without being said: by the beginning of a hash of both its parts', () => {
    const whole = hash('sha256', `${KEYS.token}\n${KEYS.encodingAesKey}`);
    expect(pairId(KEYS)).toBe(whole.slice(0, 16));
    const parts = [KEYS, { ...KEYS, token: OTHER_KEYS.token }, { ...KEYS, encodingAesKey: OTHER_KEYS.encodingAesKey }];
    expect(new Set(parts.map(pairId)).size).toBe(3);
  });
});
