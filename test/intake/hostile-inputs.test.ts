import fc from 'fast-check';
import { sealed, sealedBytes, signed } from '../dustess/sealing.ts';
import { BODY, envelope, openIntake } from './intake-world.ts';

/** How many inputs each property gets; `FUZZ_RUNS=100000` for the long run. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 500);
jest.setTimeout(60_000 + numRuns * 30);
const holds = <T>(property: fc.IAsyncProperty<T>) => fc.assert(property, { numRuns });

const REFUSED = { status: 401, body: '{"code":0,"msg":"处理失败"}' };

const odd = fc.constantFrom(
  { toString: 1 },
  { valueOf: null, toJSON: 'x' },
  { constructor: { prototype: 1 } },
  { length: 1e9 },
  [],
  [[]],
  null,
  true,
  -0,
  1e308,
  2 ** 53,
  '',
  '\ud800',
  '\u0000',
  '__proto__',
);
const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3, depthSize: 'small' });
const anything = fc.oneof(odd, anyJson);
const keyed = <T>(keys: string[], value: fc.Arbitrary<T>) =>
  fc.dictionary(fc.constantFrom(...keys, '__proto__', 'toString'), value, { maxKeys: 6 });

const custom = keyed(['id', 'type', 'value'], fc.oneof(anything, fc.json()));
const contact = keyed(
  ['remark', 'idCard', 'coordinate', 'categoryID', 'mobiles', 'customFields'],
  fc.oneof(anything, fc.array(fc.oneof(custom, anything), { maxLength: 3 })),
);
const mergeBody = keyed(
  Object.keys({ ...BODY, account: 1, uid: 1, actionOrigin: 1, mergedContacts: 1 }),
  fc.oneof(anything, contact, fc.array(fc.oneof(contact, anything), { maxLength: 3 })),
);
const wrapped = keyed(['id', 'event', 'action', 'body'], fc.oneof(anything, mergeBody));

/** JSON texts that no `JSON.stringify` writes: deep, with numbers beyond any, with names listed twice. */
const oddTexts = fc.constantFrom(
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `{"mainID":"s","mergedIDs":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  `{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
  '{"mainID":1e999,"mergedIDs":[-1e999],"triggerTs":1e-999}',
  `{"mainID":${'9'.repeat(10_000)},"mergedIDs":[0.${'1'.repeat(10_000)}],"triggerTs":1686107367}`,
  '{"mainID":"a","mainID":"b","mergedIDs":["c"],"mergedIDs":null,"triggerTs":1686107367}',
  '{"changed":{"customFields":[{"id":{"toString":1},"value":"x"}]},"mainID":"a","mergedIDs":["b"],"triggerTs":1}',
  '{"mainID":"a","mergedIDs":["b"],"triggerTs":1,"__proto__":{"mainID":"c"},"constructor":{"prototype":{"x":1}}}',
  '{"event":"CRM_MERGE","body":{"event":"CRM_MERGE","body":{"mainID":"a"}}}',
  `"${'x'.repeat(2_000)}"`,
  'x'.repeat(2_000),
);
const signedText = fc.oneof(
  mergeBody.map((body) => JSON.stringify(body)),
  mergeBody.map((body) => JSON.stringify({ ...BODY, ...body })),
  wrapped.map((body) => JSON.stringify(body)),
  anything.map((body) => JSON.stringify(body)),
  fc.json(),
  oddTexts,
);
const names = keyed(['id', 'event', 'action', 'encrypt', 'nonce'], anything);

describe('what is signed is never answered with a 5xx', () => {
  it('promise 7: whatever its content, and whatever stands around it', async () => {
    const { post } = openIntake();
    await holds(
      fc.asyncProperty(signedText, names, async (text, around) => {
        const { status } = await post({ ...around, body: { ...sealed(text) } });
        expect([200, 401]).toContain(status);
      }),
    );
  });

  it('promise 7: an object or a list is always accepted', async () => {
    const { post } = openIntake();
    const structured = fc.oneof(mergeBody, wrapped, fc.array(anything));
    await holds(
      fc.asyncProperty(structured, names, async (content, around) => {
        const { status } = await post({ ...around, body: { ...sealed(JSON.stringify(content)) } });
        expect(status).toBe(200);
      }),
    );
  });

  it('promise 1: any bytes as ciphertext or plaintext', async () => {
    const { post } = openIntake();
    const bytes = fc.uint8Array({ maxLength: 300 });
    const blocks = bytes.map((some) => Buffer.concat([some, Buffer.alloc((16 - (some.length % 16)) % 16)]));
    const body = fc.oneof(
      blocks.map((some) => sealedBytes(some)),
      bytes.map((some) => signed(Buffer.from(some).toString('base64'), {})),
    );
    await holds(
      fc.asyncProperty(body, async (one) => expect([200, 401]).toContain((await post({ body: one })).status)),
    );
  });
});

describe('what is not signed is never let in', () => {
  it('promise 1: one answer, and nothing is stored', async () => {
    const { postText, open, queued } = openIntake();
    const genuine = JSON.stringify(envelope('e1'));
    const flipped = fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]) => {
      const bytes = Buffer.from(genuine, 'utf8');
      const body = genuine.indexOf('"encrypt"');
      const index = body + 11 + (at % (genuine.indexOf('"', body + 11) - body - 11));
      bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
      return bytes.toString('latin1');
    });
    const unsigned = fc.oneof(
      flipped,
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.tuple(names, mergeBody).map(([around, body]) => JSON.stringify({ ...around, body })),
      fc
        .tuple(names, contact)
        .map(([around, body]) => JSON.stringify({ ...around, body: { ...sealed('{}'), ...body, msgSignature: '0' } })),
    );
    await holds(
      fc.asyncProperty(unsigned, fc.constantFrom('acme', 'stranger', '__proto__', ''), async (text, tenant) => {
        expect(await postText(text, { tenant })).toEqual(REFUSED);
      }),
    );
    expect(await open()).toEqual([]);
    expect(queued).toEqual([]);
  });
});

describe('promise 1: strangers learn nothing from the answers', () => {
  it.each(['{}', '', '[]', '{"body":{}}', '{"body":"bGVnYWN5"}', '{"body":{"encrypt":"x"}}'])(
    'known and unknown tenants are answered alike: %s',
    async (text) => {
      const { postText, verify } = openIntake();
      const answers = await Promise.all([postText(text), postText(text, { tenant: 'stranger' })]);
      expect(answers).toEqual([REFUSED, REFUSED]);
      expect(await verify({})).toEqual(REFUSED);
      expect(await verify({}, 'stranger')).toEqual(REFUSED);
    },
  );
});
