import fc from 'fast-check';
import { readMergeEvent } from '../../lib/dustess/merge-event.ts';
import { omitFields } from '../../lib/dustess/omit-fields.ts';
import { milliseconds } from '../../lib/dustess/open-envelope.ts';
import { readEnvelope } from '../../lib/dustess/read-envelope.ts';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { toWire } from '../../lib/dustess/to-wire.ts';
import { unwrapPlaintext } from '../../lib/dustess/unwrap-plaintext.ts';
import { verifyUrl } from '../../lib/dustess/verify-url.ts';
import { CallbackRefused, UnreadableEvent } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { framed, INTAKE, NOW, open, RECEIVE_ID, refusalOf, sealed, sealedBytes, signed } from './sealing.ts';

/** How many inputs each property gets; `FUZZ_RUNS=100000` for the long run. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 1_000);
jest.setTimeout(30_000 + numRuns * 20);
const holds = <T>(property: fc.IProperty<T>) => fc.assert(property, { numRuns });

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.json());
const anyBytes = fc.uint8Array({ maxLength: 300 });
const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 2, depthSize: 'small' });

const names = ['encrypt', 'Encrypt', 'msgSignature', 'msg_signature', 'Signature', 'timeStamp', 'timestamp', 'nonce'];
const FEW = { maxKeys: 4 };
const oneOf = (...keys: string[]) => fc.constantFrom(...keys);
const nearlySealed = fc.dictionary(oneOf(...names), fc.oneof(anyJson, anyText, fc.constant('1790000000')), FEW);
const nearlyEnvelope = fc.dictionary(
  oneOf('id', 'event', 'action', 'body', 'body', '__proto__', ...names),
  fc.oneof(nearlySealed, anyJson),
  FEW,
);

/** Everything that intake does with a text: in our words, refused, or kept for a human. */
function throughIntake(text: string): 'opened' | 'plain' | 'refused' | 'unreadable' {
  try {
    const envelope = readEnvelope(text);
    if (!('sealed' in envelope)) return 'plain';
    const { body } = unwrapPlaintext(open(envelope.sealed), envelope);
    understand(body as JsonObject);
    return 'opened';
  } catch (error) {
    if (error instanceof CallbackRefused) return 'refused';
    if (error instanceof UnreadableEvent) return 'unreadable';
    throw error;
  }
}

function understand(body: JsonObject): void {
  const isJsonObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const event = readMergeEvent('event-1', omitFields(isJsonObject ? body : {}, ['idCard']));
  expect(Object.getPrototypeOf(toWire(event.changed))).toBe(Object.prototype);
  expect(event.loserIds.length).toBe(new Set(event.loserIds).size);
  const keys = event.changed.map(({ key }) => key);
  expect(keys.length).toBe(new Set(keys).size);
}

describe('any input is answered, never with an error of ours', () => {
  it('promise 1: any text', () => {
    holds(fc.property(anyText, (text) => expect(throughIntake(text)).not.toBe('opened')));
  });

  it('promise 1: anything that looks like an envelope', () => {
    holds(
      fc.property(nearlyEnvelope, (envelope) => expect(throughIntake(JSON.stringify(envelope))).not.toBe('opened')),
    );
  });

  it('promise 1: any query', () => {
    const query = fc.dictionary(oneOf('echo_str', 'echostr', ...names), fc.option(anyText, { nil: undefined }), FEW);
    holds(fc.property(query, (any) => expect(refusalOf(() => verifyUrl(any, INTAKE, NOW))).not.toBe('not refused')));
  });

  it('promise 1: the page’s sample and the sender’s envelope with any bit changed', () => {
    const texts = [JSON.stringify({ body: sealed('{"a":1}') }), JSON.stringify(SAMPLE_ENVELOPE)];
    const flipped = fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(7)).map(([text, at, bit]) => {
      const bytes = Buffer.from(text, 'utf8');
      const index = at % bytes.length;
      bytes[index] = (bytes[index] as number) ^ (1 << bit);
      return bytes.toString('utf8');
    });
    holds(fc.property(flipped, (text) => void throughIntake(text)));
  });
});

describe('anything correctly signed is answered as well', () => {
  it('any text as ciphertext', () => {
    const base64 = anyBytes.map((bytes) => Buffer.from(bytes).toString('base64'));
    const ciphertext = fc.oneof(anyText, base64, fc.base64String());
    holds(fc.property(ciphertext, (encrypt) => void throughIntake(JSON.stringify({ body: signed(encrypt, {}) }))));
  });

  it('any bytes as plaintext', () => {
    const blocks = anyBytes.map((bytes) => Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]));
    const padded = fc
      .tuple(anyBytes, fc.nat(0xffffffff), fc.nat(255))
      .map(([bytes, length, says]) =>
        framed(bytes, { length: length % 3 === 0 ? bytes.length : length, says: says % 3 === 0 ? 0 : says }),
      );
    const well = anyBytes.map((bytes) => framed(bytes));
    const plaintext = fc.oneof(blocks, padded, well);
    holds(fc.property(plaintext, (bytes) => void throughIntake(JSON.stringify({ body: sealedBytes(bytes) }))));
  });

  it('any JSON as message', () => {
    holds(
      fc.property(fc.oneof(anyJson, anyText), (json) => {
        const text = JSON.stringify({ id: 'event-1', body: sealed(JSON.stringify(json)) });
        expect(throughIntake(text)).not.toBe('refused');
      }),
    );
  });

  it('anything in the place of any field of a merge', () => {
    const contactField = oneOf('customFields', 'coordinate', 'categoryID', 'remark', '__proto__', 'idCard');
    const custom = fc.dictionary(oneOf('id', 'type', 'value', '__proto__'), fc.oneof(anyJson, fc.json()), FEW);
    const value = fc.oneof(anyJson, fc.array(custom, { maxLength: 3 }));
    const contact = fc.dictionary(contactField, value, FEW);
    const field = oneOf(...Object.keys(SAMPLE_ENVELOPE.body));
    const replaced = fc.dictionary(field, fc.oneof(anyJson, contact, fc.array(contact, { maxLength: 2 })), FEW);
    holds(
      fc.property(replaced, (more) => {
        const plaintext = JSON.stringify({ ...SAMPLE_ENVELOPE.body, ...more });
        expect(throughIntake(JSON.stringify({ body: sealed(plaintext) }))).not.toBe('refused');
      }),
    );
  });
});

describe('round trips', () => {
  it('what is sealed opens to the same text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    holds(fc.property(text, (message) => expect(open(sealed(message))).toBe(message)));
  });

  it('what is sealed for one company is for no other', () => {
    const receiveId = fc.string({ unit: 'grapheme' }).filter((id) => id !== RECEIVE_ID);
    holds(
      fc.property(receiveId, (id) =>
        expect(refusalOf(() => open(sealed('x', { receiveId: id })))).toBe('foreign-receive-id'),
      ),
    );
  });

  it('a moment is the same in seconds and in milliseconds', () => {
    const second = fc.integer({ min: 100_000_000, max: 99_999_999_999 });
    holds(fc.property(second, (s) => expect(milliseconds(String(s))).toBe(milliseconds(`${s}000`))));
  });
});

it('promise 3: no text but the sender’s own opens under a signature of the sender’s', () => {
  // The signature does not cover where one text ends and the next begins: any other cut of the joined texts.
  const body = sealed('{"a":1}', { nonce: '1A2b3C4d5E6f7G8h' });
  const cut = fc.tuple(fc.nat(400), fc.nat(400), fc.constantFrom(...permutations(['timeStamp', 'nonce', 'encrypt'])));
  const joined = [body.timeStamp, body.nonce, body.encrypt].sort().join('');
  holds(
    fc.property(cut, ([a, b, order]) => {
      const [first, second] = [Math.min(a, b), Math.max(a, b)];
      const parts = [joined.slice(0, first), joined.slice(first, second), joined.slice(second)];
      const moved = { ...body, ...Object.fromEntries(order.map((name, at) => [name, parts[at] as string])) };
      const result = refusalOf(() => open(moved));
      if (moved.encrypt !== body.encrypt) expect(result).not.toBe('not refused');
    }),
  );
});

const permutations = ([a, b, c]: [string, string, string]) => [
  [a, b, c],
  [a, c, b],
  [b, a, c],
  [b, c, a],
  [c, a, b],
  [c, b, a],
];
