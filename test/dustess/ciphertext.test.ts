import fc from 'fast-check';
import { decodeCiphertext } from '../../lib/dustess/ciphertext.ts';
import { refusalOf } from './sealing.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 1_000);
jest.setTimeout(30_000 + numRuns * 20);

/** The rule itself, in the slow way: base64 is what an encoder writes of the bytes. */
function slowly(base64: string): string {
  if (/[^A-Za-z0-9+/=]/.test(base64)) return 'unreadable-envelope';
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes.toString('hex') : '';
}

function quickly(base64: string): string {
  let bytes: Buffer = Buffer.alloc(0);
  const refusal = refusalOf(() => {
    bytes = decodeCiphertext(base64);
  });
  return refusal === 'not refused' ? bytes.toString('hex') : refusal;
}

describe('a ciphertext is read in the one spelling that encoders write', () => {
  it.each(['', 'AA==', 'AAA=', 'AAAA', '+/+/', 'AAAAAA=='])('%j is one', (base64) => {
    expect(quickly(base64)).toBe(Buffer.from(base64, 'base64').toString('hex'));
  });

  it.each([
    'A',
    'AA',
    'AAA',
    'AB==',
    'AAB=',
    '=AAA',
    'A=AA',
    'AA=A',
    'A===',
    '====',
    'AAAA=',
    'AAAA==',
    'AAAA====',
    'AA==AAAA',
    'AAA=AAAA',
    'AAAAA===',
  ])('%j is nothing, which no key opens', (base64) => {
    expect(quickly(base64)).toBe('');
  });

  it.each([
    'AA-A',
    'AA_A',
    '-___',
    'AAA*',
    'AA A',
    'AA\nAA',
    'AAA\u0171',
    'AAA\u0141',
    '\u0141AAA',
    'AAA\u00c1',
    'AA\ud83d\ude00',
  ])('%j is refused for its letters', (base64) => {
    expect(quickly(base64)).toBe('unreadable-envelope');
  });

  it('the quick way and the slow way agree on any text', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ABQgwx/+=09-_ \u0141\u00c1'), maxLength: 12 });
    const base64 = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    const changed = fc
      .tuple(base64, fc.nat(), fc.constantFrom('', 'A', 'B', '=', '==', '-', '_', '\n', '\u0141'), fc.nat(1))
      .map(([text, at, letter, cut]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + letter + text.slice(place + cut);
      });
    fc.assert(
      fc.property(fc.oneof(letters, base64, changed, fc.string({ unit: 'binary' })), (text) => {
        expect(quickly(text)).toBe(slowly(text));
      }),
      { numRuns },
    );
  });
});
