import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { isSignedBy, sign } from '../../lib/dustess/signature.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 1_000);
jest.setTimeout(30_000 + numRuns * 20);

/** As the SDK does it: all four as bytes, sorted, joined. */
function slowly(texts: string[]): string {
  const bytes = texts.map((text) => Buffer.from(text, 'utf8')).sort(Buffer.compare);
  return createHash('sha1').update(Buffer.concat(bytes)).digest('hex');
}

describe('the signature', () => {
  it('sorts by bytes of UTF-8, whatever the characters', () => {
    const odd = fc.string({
      unit: fc.constantFrom('a', 'b', '\u007f', '\u00e9', '\uffee', '\u{1f600}', '\ud83d', '\ude00'),
    });
    const text = fc.oneof(odd, fc.string({ unit: 'binary' }), fc.constantFrom('', 'a', 'ab'));
    fc.assert(
      fc.property(text, text, text, text, (token, timestamp, nonce, encrypt) => {
        expect(sign(token, { timestamp, nonce, encrypt })).toBe(slowly([token, timestamp, nonce, encrypt]));
      }),
      { numRuns },
    );
  });

  it('a character beyond U+FFFF comes after one just below', () => {
    const parts = { timestamp: '1', nonce: '\u{1f600}', encrypt: '\uffee' };
    expect(sign('t', parts)).toBe(slowly(['t', '1', '\u{1f600}', '\uffee']));
    expect(sign('t', parts)).toBe(sign('t', { ...parts, nonce: parts.encrypt, encrypt: parts.nonce }));
  });

  it('fits with its own token only', () => {
    const parts = { timestamp: '1', nonce: 'n', encrypt: 'AAAA' };
    expect(isSignedBy('t', parts, sign('t', parts))).toBe(true);
    expect(isSignedBy('u', parts, sign('t', parts))).toBe(false);
    expect(isSignedBy('t', parts, '')).toBe(false);
  });
});
